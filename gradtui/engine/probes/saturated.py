"""Saturated units: at the flat ends of an activation, where its slope is next to nothing."""

from __future__ import annotations

import torch
from torch import Tensor

from gradtui.engine.probes.sample import Sample

_MARGIN = 0.015
"""Share of the range from either end that counts: tanh beyond 0.97 (Karpathy)."""


def measure(sample: Sample) -> list[Tensor]:
    """Share of a hidden layer's outputs, over validation samples and units, close to either end of the activation's range."""
    if sample.activation is None or sample.activation.range is None:
        return []
    low, high = sample.activation.range
    centre, reach = (low + high) / 2, (high - low) * (0.5 - _MARGIN)
    return [((h - centre).abs() >= reach).mean((-2, -1), dtype=torch.float64) for h in sample.activated]
