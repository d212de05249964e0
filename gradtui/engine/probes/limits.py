"""Sigmoid and tanh beyond the pre-activations that other tools call saturated, read from their outputs on the validation set.

Both functions rise, so an output tells on which side of a limit its pre-activation lies, as finely as float32 does near 1: there
the outputs of tanh are 1 from about 9.01 on, not 9.4999, and those of a sigmoid round to that of 16.99999 from about 16.6 on.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from gradtui.catalog.activations import Activation
from gradtui.engine.probes.sample import Counted, Sample, outside

_FIVE = {"sigmoid": (-5.0, 5.0), "tanh": (-5.0, 5.0)}
_STUCK = {"sigmoid": (-23.0, 16.99999), "tanh": (-9.4999, 9.4999)}
_MOSTLY = 0.99


def counted_beyond_five(activation: Activation) -> Counted | None:
    """Outputs with pre-activations beyond -5 and 5 (DeepDiagnosis)."""
    return _beyond(activation, _FIVE)


def counted_stuck(activation: Activation) -> Counted | None:
    """Outputs with pre-activations beyond SageMaker Debugger's limits."""
    return _beyond(activation, _STUCK)


def beyond_five(sample: Sample) -> list[Tensor]:
    """Share of a hidden layer's outputs, over samples and units, with pre-activations beyond -5 and 5."""
    return [beyond.mean(-1) for beyond in sample.shares("beyond_five")]


def stuck(sample: Sample) -> list[Tensor]:
    """Share of a hidden layer's units beyond the limits on nearly every sample."""
    return [(beyond > _MOSTLY).mean(-1, dtype=torch.float64) for beyond in sample.shares("stuck")]


def _beyond(activation: Activation, limits: dict[str, tuple[float, float]]) -> Counted | None:
    if activation.name not in limits:
        return None
    low, high = limits[activation.name]
    return outside(_output(activation.name, low), _output(activation.name, high))


def _output(name: str, limit: float) -> float:
    return math.tanh(limit) if name == "tanh" else 1 / (1 + math.exp(-limit))
