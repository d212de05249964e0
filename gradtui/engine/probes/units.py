"""What hidden units do on the validation samples, counted while those pass in parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor

from gradtui.catalog.activations import Activation
from gradtui.engine.probes import dead, limits, saturated
from gradtui.engine.probes.sample import Counted, Tensors, stacked

COUNTED: Mapping[str, Callable[[Activation], Counted | None]] = {
    "zero": dead.counted,
    "saturated": saturated.counted,
    "beyond_five": limits.counted_beyond_five,
    "stuck": limits.counted_stuck,
}
"""By name, which outputs of an activation are counted; None where there is nothing to say of that activation."""


class Units:
    """How often each unit's output is counted. `activating` are the layers with an activation, all of one width."""

    def __init__(self, activation: Activation | None) -> None:
        found = {name: counted(activation) for name, counted in COUNTED.items()} if activation else {}
        self._counted = {name: counted for name, counted in found.items() if counted}
        self._counts: dict[str, Tensor] = {}
        self._rows = 0
        self.activating: tuple[int, ...] = ()

    def add(self, activated: Sequence[Tensor | None]) -> None:
        """Count in the outputs on some samples: [lanes, rows, units] by layer, None for a layer without an activation."""
        self.activating = tuple(at for at, h in enumerate(activated) if h is not None)
        stacks = stacked(h for h in activated if h is not None)
        if not stacks:
            return
        self._rows += stacks[0].shape[-2]
        for name, counted in self._counted.items():
            counts = torch.cat([counted(h).sum(-2) for h in stacks])
            self._counts[name] = self._counts[name] + counts if name in self._counts else counts

    def shares(self) -> dict[str, Tensors]:
        """By name, the share of the rows that count: [layers, lanes, units]."""
        return {name: [counts.double() / self._rows] for name, counts in self._counts.items()}
