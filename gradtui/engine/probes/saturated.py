"""Saturated units: at the flat ends of an activation, where its slope is next to nothing."""

from __future__ import annotations

import torch
from torch import Tensor

from gradtui.engine.probes.sample import Sample


def measure(sample: Sample) -> list[Tensor]:
    """Share of a hidden layer's outputs, over validation samples and units, beyond the activation's ends."""
    if sample.activation is None or sample.activation.range is None:
        return []
    low, high = sample.activation.ends
    return [((h <= low) | (h >= high)).mean((-2, -1), dtype=torch.float64) for h in sample.activated]
