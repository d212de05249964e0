"""Sigmoid and tanh beyond the pre-activations that other tools call saturated, read from their outputs on the validation set.

Both functions rise, so an output tells on which side of a limit its pre-activation lies, as finely as float32 does near 1: there
the outputs of tanh are 1 from about 9.01 on, not 9.4999, and those of a sigmoid round to that of 16.99999 from about 16.6 on.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from gradtui.engine.probes.sample import Sample

_FIVE = {"sigmoid": (-5.0, 5.0), "tanh": (-5.0, 5.0)}
_STUCK = {"sigmoid": (-23.0, 16.99999), "tanh": (-9.4999, 9.4999)}
_MOSTLY = 0.99


def beyond_five(sample: Sample) -> list[Tensor]:
    """Share of a hidden layer's outputs, over samples and units, with pre-activations beyond -5 and 5 (DeepDiagnosis)."""
    return [beyond.mean((-2, -1), dtype=torch.float64) for beyond in _beyond(sample, _FIVE)]


def stuck(sample: Sample) -> list[Tensor]:
    """Share of a hidden layer's units beyond SageMaker Debugger's limits on nearly every sample."""
    return [(beyond.mean(-2, dtype=torch.float64) > _MOSTLY).mean(-1, dtype=torch.float64) for beyond in _beyond(sample, _STUCK)]


def _beyond(sample: Sample, limits: dict[str, tuple[float, float]]) -> list[Tensor]:
    if sample.activation is None or sample.activation.name not in limits:
        return []
    low, high = (_output(sample.activation.name, limit) for limit in limits[sample.activation.name])
    return [(h <= low) | (h >= high) for h in sample.activated]


def _output(name: str, limit: float) -> float:
    return math.tanh(limit) if name == "tanh" else 1 / (1 + math.exp(-limit))
