"""The gradient of a layer's weights: what the optimizer is told."""

from __future__ import annotations

from torch import Tensor

from gradtui.engine.probes.sample import Sample, by_layer, norm


def measure(sample: Sample) -> Tensor:
    """L2 norm of dL/dW, before clipping."""
    return by_layer(norm, sample.weight_gradients)
