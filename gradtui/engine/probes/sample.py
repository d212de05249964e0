"""What a sampled step leaves for the probes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import torch
from torch import Tensor

Tensors = list[Tensor]
"""One tensor [lanes, rows, columns] for each layer, neighbours of one shape stacked: [layers, lanes, rows, columns] each."""

Counted = Callable[[Tensor], Tensor]
"""Which outputs a probe counts, of any shape."""

_TOGETHER = 1 << 16
"""Numbers up to which layers are stacked; larger ones stay alone."""


@dataclass(frozen=True)
class Sample:
    """One step: `outputs` (rows are the batch, or every time step of it, columns the units) and the loss's gradients by them;
    `weights` (rows are inputs) after the update, their raw gradients, and the weights before it, empty where there was no update.

    `unit_shares` are, by name, the shares of the validation samples on which a unit's output is counted, empty where there was no
    validation, and `activating` the layers that have an activation. `validated` says whether the frame is one of those on which the
    network is validated.
    """

    outputs: Tensors
    output_gradients: Tensors
    weight_gradients: Tensors
    weights_before: Tensors
    weights: Tensors
    unit_shares: Mapping[str, Tensors]
    activating: tuple[int, ...]
    validated: bool

    def shares(self, name: str) -> Tensors:
        """The shares of the samples that are counted under a name, by unit: [layers, lanes, units]."""
        return self.unit_shares.get(name, [])

    @cached_property
    def output_gradient_norms(self) -> list[Tensor]:
        """L2 norms of the gradients by outputs, [layers, lanes] each."""
        return [norm(gradient) for gradient in self.output_gradients]

    @cached_property
    def output_means(self) -> list[Tensor]:
        """Means of outputs over batch and units, [layers, lanes, 1, 1] each."""
        return [h.mean((-2, -1), keepdim=True, dtype=torch.float64) for h in self.outputs]


@torch.no_grad()
def stacked(tensors: Iterable[Tensor]) -> Tensors:
    """Layers' tensors [lanes, ..., columns] as `Tensors`; those that stay alone are not copied."""
    stacks = []
    for _, group in groupby((tensor.flatten(1, -2) for tensor in tensors), lambda tensor: tensor.shape):
        same = list(group)
        many = max(1, _TOGETHER // same[0].numel())
        parts = (same[at : at + many] for at in range(0, len(same), many))
        stacks += [torch.stack(part) if len(part) > 1 else part[0].unsqueeze(0) for part in parts]
    return stacks


def joined(tensors: Sequence[Tensor]) -> Tensor:
    """A layer's tensors as one; several as a single row."""
    return tensors[0] if len(tensors) == 1 else torch.cat([tensor.flatten(1) for tensor in tensors], 1).unsqueeze(1)


def outside(low: float, high: float) -> Counted:
    """Counts the outputs that are not between two numbers."""
    return lambda h: (h <= low) | (h >= high)


def norm(stack: Tensor) -> Tensor:
    """L2 norm over rows and columns, [layers, lanes]."""
    norms: Tensor = torch.linalg.vector_norm(stack, dim=(-2, -1), dtype=torch.float64)
    return norms


def entries(stack: Tensor) -> int:
    """How many numbers one layer has in one lane."""
    return stack.shape[-2] * stack.shape[-1]
