"""Network families, one file each, and what the trainer asks of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Protocol

import torch
from torch import Tensor

from gradtui.engine.layers import Linear
from gradtui.engine.storage import Part


@dataclass(frozen=True, slots=True)
class Pass:
    """What a forward pass made, layer by layer: `outputs` (the last are the logits), and for each hidden layer `activated`,
    the activation's own output, before a residual link adds to it. Each [lanes, batch, units].

    Where a network recurs, `states` are the hidden states of every hidden layer by time step, [lanes, batch, units] each, and the
    rows of outputs are those of all time steps, [lanes, time * batch, units]. Where a fused operation hides the states, `unrolled`
    makes the same pass with them.
    """

    outputs: list[Tensor]
    activated: list[Tensor]
    states: Sequence[Sequence[Tensor]] = ()
    unrolled: Callable[[], Pass] | None = None

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
    is answered.
    """

    @property
    def names(self) -> tuple[str, ...]:
        """Layers from the one next to the input to the output layer, "out"."""

    @property
    def parts(self) -> Sequence[Sequence[Part]]:
        """What owns parameters, by layer."""

    @property
    def linears(self) -> Sequence[Linear]:
        """The weights of each layer, in the order in which they are drawn."""

    def forward(self, inputs: Tensor, training: bool) -> Pass:
        """Inputs [lanes, batch, ...] through all layers."""
