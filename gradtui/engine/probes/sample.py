"""What a sampled step leaves for the probes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import torch
from torch import Tensor

from gradtui.catalog.activations import Activation

Layers = list[Tensor]
"""One tensor [lanes, rows, columns] for each layer, neighbours of one shape stacked: [layers, lanes, rows, columns] each."""

_TOGETHER = 1 << 18
"""Numbers up to which layers are stacked; larger ones stay alone."""


@dataclass(frozen=True)
class Sample:
    """One step: `outputs` (rows are the batch, columns the units) and the loss's gradients by them; `weights` (rows are inputs)
    after the update, their raw gradients, and the weights before it. `activated` are the hidden layers' activations on the
    validation set, empty where there was no validation; `weights_before` is empty where there was no update.
    """

    activation: Activation
    outputs: Layers
    output_gradients: Layers
    weight_gradients: Layers
    weights_before: Layers
    weights: Layers
    activated: Layers

    @cached_property
    def output_gradient_norms(self) -> Tensor:
        """L2 norms of the gradients by outputs, [layers, lanes]."""
        return by_layer(norm, self.output_gradients)

    @cached_property
    def output_means(self) -> Tensor:
        """Means of outputs over batch and units, [layers, lanes]."""
        return by_layer(lambda h: h.mean((-2, -1), dtype=torch.float64), self.outputs)


@torch.no_grad()
def stacked(tensors: Iterable[Tensor]) -> Layers:
    """A copy of layers' tensors as `Layers`."""
    stacks = []
    for _, group in groupby(tensors, lambda tensor: tensor.shape):
        same = list(group)
        many = max(1, _TOGETHER // same[0].numel())
        stacks += [torch.stack(same[at : at + many]) for at in range(0, len(same), many)]
    return stacks


def by_layer(reduce: Callable[..., Tensor], *layers: Layers) -> Tensor:
    """Join what `reduce` makes of each stack, or of the stacks of several `Layers` side by side: [layers, lanes]."""
    return torch.cat([reduce(*stacks) for stacks in zip(*layers, strict=True)])


def norm(stack: Tensor) -> Tensor:
    """L2 norm over rows and columns, [layers, lanes]."""
    norms: Tensor = torch.linalg.vector_norm(stack, dim=(-2, -1), dtype=torch.float64)
    return norms
