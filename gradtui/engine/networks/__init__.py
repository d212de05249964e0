"""Network families, one file each, and what the trainer asks of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Protocol

import torch
from torch import Tensor

from gradtui.engine.networks.layers import Weighted
from gradtui.engine.networks.storage import Part


@dataclass(frozen=True, slots=True)
class Pass:
    """What a forward pass made, layer by layer: `outputs` (the last are the logits), and for each hidden layer `activated`,
    the activation's own output, before a residual link adds to it, or None where a layer has no activation. Each
    [lanes, rows, units], with a row for every sample, pixel or time step; the logits may be [lanes, batch, time, outputs].

    Where a network recurs, `states` are the hidden states of every hidden layer by time step, [lanes, batch, units] each, and the
    rows of outputs are those of all time steps, [lanes, time * batch, units]. Where a fused operation hides the states, `unrolled`
    makes the same pass with them. `weighted` is what each of the network's weights made, in families that LSUV can initialize.
    """

    outputs: list[Tensor]
    activated: Sequence[Tensor | None]
    states: Sequence[Sequence[Tensor]] = ()
    unrolled: Callable[[], Pass] | None = None
    weighted: list[Tensor] = field(default_factory=list)

    @property
    def sources(self) -> Sequence[Tensor]:
        """What the loss is differentiated by for the gradients that reach the layers."""
        return [*chain.from_iterable(self.states), self.outputs[-1]] if self.states else self.outputs

    def by_layer(self, gradients: Sequence[Tensor]) -> list[Tensor]:
        """Gradients by `sources` as one tensor a layer, [lanes, time, batch, units] where a layer recurs."""
        if not self.states:
            return list(gradients)
        by_time = iter(gradients[:-1])
        return [*(torch.stack(list(islice(by_time, len(steps))), 1) for steps in self.states), gradients[-1]]


class Network(Protocol):
    """A family: built from the experiment's network table, the sizes of its two ends and, where it recurs, whether every time step
    is answered, or for tokens, the number of time steps.
    """

    @property
    def names(self) -> tuple[str, ...]:
        """Layers from the one next to the input to the output layer, "out"."""

    @property
    def parts(self) -> Sequence[Sequence[Part]]:
        """What owns parameters, by layer."""

    @property
    def weighted(self) -> Sequence[Weighted]:
        """What has weights to draw, in the order in which they are drawn."""

    def forward(self, inputs: Tensor, training: bool) -> Pass:
        """Inputs, with the lane axis in front, through all layers."""
