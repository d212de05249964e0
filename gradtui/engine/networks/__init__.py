"""Network families, one file each, and what the trainer asks of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor

from gradtui.engine.layers import Linear
from gradtui.engine.storage import Part


@dataclass(frozen=True, slots=True)
class Pass:
    """What a forward pass made, layer by layer: `outputs` (the last are the logits), and for each hidden layer `activated`,
    the activation's own output, before a residual link adds to it. Each [lanes, batch, units].
    """

    outputs: list[Tensor]
    activated: list[Tensor]


class Network(Protocol):
    """A family: built from the experiment's network table and the sizes of its two ends."""

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
        """Inputs [lanes, batch, features] through all layers."""
