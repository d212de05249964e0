"""Where parameters live: one flat tensor for all of them, one for their gradients; layers hold views."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor

Shape = tuple[int, ...]


class Part(Protocol):
    """A piece of a layer that owns parameters: it says their shapes in one lane and is handed tensors with a lane axis."""

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """Shapes of the parameters in one lane."""

    def bind(self, *parameters: Tensor) -> None:
        """Take the parameters, each [lanes, *shape]."""


class Storage:
    """Parameters and gradients of K lanes, both [K, P], so that an optimizer updates one tensor and a norm reads one.

    `leaves` are the parameters that autograd differentiates, [K, *shape] each, `landed` their gradients, and `owners` their layers.
    """

    def __init__(self, layers: Sequence[Sequence[Part]], lanes: int, device: torch.device) -> None:
        size = sum(math.prod(shape) for parts in layers for part in parts for shape in part.shapes)
        self.weights = torch.zeros(lanes, size, device=device)
        self.gradients = torch.zeros(lanes, size, device=device)
        self.owners: list[int] = []
        self.landed: list[Tensor] = []
        bound: list[Tensor] = []
        start = 0
        for owner, parts in enumerate(layers):
            for part in parts:
                leaves = []
                for shape in part.shapes:
                    columns = slice(start, start + math.prod(shape))
                    leaves.append(self.weights[:, columns].view(lanes, *shape).detach().requires_grad_())
                    self.landed.append(self.gradients[:, columns].view(lanes, *shape))
                    self.owners.append(owner)
                    start = columns.stop
                part.bind(*leaves)
                bound += leaves
        self.leaves = tuple(bound)

    def land(self, gradients: tuple[Tensor, ...]) -> None:
        """Copy gradients that autograd made, one per leaf, into the flat tensor."""
        torch._foreach_copy_(self.landed, gradients)
