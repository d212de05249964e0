"""The entries of a layer's weight gradient, of which other tools take the mean, the largest and those that are zero."""

from __future__ import annotations

import torch
from torch import Tensor

from gradtui.engine.probes.sample import Sample, entries


def means(sample: Sample) -> list[Tensor]:
    """Mean of |dL/dW|, before clipping."""
    if not sample.validated:
        return []
    return [gradient.abs().mean((-2, -1), dtype=torch.float64) for gradient in sample.weight_gradients]


def largest(sample: Sample) -> list[Tensor]:
    """Largest |dL/dW|; NaN where one is NaN."""
    if not sample.validated:
        return []
    return [gradient.abs().amax((-2, -1)).double() for gradient in sample.weight_gradients]


def zeros(sample: Sample) -> list[Tensor]:
    """Entries of a layer's dL/dW that are exactly zero, as a share of the entries of all layers."""
    if not sample.validated:
        return []
    total = sum(len(gradient) * entries(gradient) for gradient in sample.weight_gradients)
    return [(gradient == 0).sum((-2, -1), dtype=torch.float64) / total for gradient in sample.weight_gradients]
