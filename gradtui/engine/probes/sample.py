"""What a sampled step leaves for the probes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import torch
from torch import Tensor

from gradtui.catalog.activations import Activation

_TOGETHER = 1 << 20
"""Numbers up to which layers of the same shape are copied together and reduced at once."""


@dataclass(frozen=True)
class Sample:
    """One step, by layer: `outputs` [lanes, batch, units] and the loss's gradients by them; `weights` [lanes, in, out] after the
    update, their raw gradients, and the weights before it. `activated` are the hidden layers' activations on the validation set,
    empty where there was no validation; lists that the step did not make are empty too.
    """

    activation: Activation
    outputs: Sequence[Tensor]
    output_gradients: Sequence[Tensor]
    weight_gradients: Sequence[Tensor]
    weights_before: Sequence[Tensor]
    weights: Sequence[Tensor]
    activated: Sequence[Tensor]

    @cached_property
    def output_gradient_norms(self) -> Tensor:
        """L2 norms of the gradients by outputs, [layers, lanes]."""
        return norms(self.output_gradients)

    @cached_property
    def output_moments(self) -> Tensor:
        """Standard deviation and mean of outputs over batch and units, [2, layers, lanes]."""
        return by_layer(self.outputs, lambda t: torch.stack(torch.std_mean(t.double(), dim=(-2, -1), correction=0)))


def norms(tensors: Sequence[Tensor]) -> Tensor:
    """L2 norm of each tensor in each lane, [layers, lanes]."""
    return by_layer(tensors, lambda t: torch.linalg.vector_norm(t, dim=(-2, -1), dtype=torch.float64))


def by_layer(tensors: Iterable[Tensor], reduce: Callable[[Tensor], Tensor]) -> Tensor:
    """Reduce tensors [lanes, rows, columns] over rows and columns; neighbours of one shape in one call where they are small.

    `reduce` takes [layers, lanes, rows, columns]; the answer is its answers joined along the layers, the dimension before last.
    """
    answers = []
    for _, group in groupby(tensors, lambda t: t.shape):
        same = list(group)
        many = max(1, _TOGETHER // same[0].numel())
        answers += [reduce(torch.stack(same[at : at + many])) for at in range(0, len(same), many)]
    return torch.cat(answers, -2)
