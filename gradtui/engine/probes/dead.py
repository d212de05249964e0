"""Dead units: zero whatever comes in, so that no gradient passes them."""

from __future__ import annotations

import torch
from torch import Tensor

from gradtui.engine.probes.sample import Sample


def measure(sample: Sample) -> list[Tensor]:
    """Share of a hidden layer's units whose activation is exactly zero on every validation sample."""
    if sample.activation is None or not sample.activation.dies:
        return []
    return [(h.abs().sum(-2) == 0).mean(-1, dtype=torch.float64) for h in sample.activated]
