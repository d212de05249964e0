"""How active a ReLU layer is on the validation set, as other tools count it."""

from __future__ import annotations

import torch
from torch import Tensor

from gradtui.catalog.activations import Activation
from gradtui.engine.probes.sample import Counted, Sample

_RARELY = 0.01
"""Share of the inputs below which SageMaker Debugger calls a unit dead."""


def counted_inactive(activation: Activation) -> Counted | None:
    """Outputs of ReLU that are at most zero."""
    return (lambda h: h <= 0) if activation.dies else None


def counted_active(activation: Activation) -> Counted | None:
    """Outputs of ReLU that exceed zero."""
    return (lambda h: h > 0) if activation.dies else None


def inactive(sample: Sample) -> list[Tensor]:
    """Share of a hidden layer's outputs, over samples and units, that are at most zero."""
    return [inactive.mean(-1) for inactive in sample.shares("inactive")]


def rarely_active(sample: Sample) -> list[Tensor]:
    """Share of a hidden layer's units that exceed zero on too few samples."""
    return [(active < _RARELY).mean(-1, dtype=torch.float64) for active in sample.shares("rarely_active")]
