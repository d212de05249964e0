"""How active a ReLU layer is on the validation set, as other tools count it."""

from __future__ import annotations

import torch
from torch import Tensor

from gradtui.engine.probes.sample import Sample

_RARELY = 0.01
"""Share of the inputs below which SageMaker Debugger calls a unit dead."""


def inactive(sample: Sample) -> list[Tensor]:
    """Share of a hidden layer's outputs, over samples and units, that are at most zero: ReLU's are never less."""
    return [zero.mean(-1) for zero in sample.shares("zero")]


def rarely_active(sample: Sample) -> list[Tensor]:
    """Share of a hidden layer's units that exceed zero on too few samples."""
    return [(1 - zero < _RARELY).mean(-1, dtype=torch.float64) for zero in sample.shares("zero")]
