"""The gradient of a layer's weights: what the optimizer is told."""

from __future__ import annotations

from torch import Tensor

from gradtui.engine.probes.sample import Sample, norm


def measure(sample: Sample) -> list[Tensor]:
    """L2 norm of dL/dW, before clipping."""
    return [norm(gradient) for gradient in sample.weight_gradients]
