"""Dead units: zero whatever comes in, so that no gradient passes them."""

from __future__ import annotations

import torch
from torch import Tensor

from gradtui.catalog.activations import Activation
from gradtui.engine.probes.sample import Counted, Sample


def counted(activation: Activation) -> Counted | None:
    """Outputs that are exactly zero, of an activation whose units can die."""
    return (lambda h: h == 0) if activation.dies else None


def measure(sample: Sample) -> list[Tensor]:
    """Share of a hidden layer's units whose activation is exactly zero on every validation sample."""
    return [(zero == 1).mean(-1, dtype=torch.float64) for zero in sample.shares("zero")]
