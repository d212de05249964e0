"""The gradient that reaches one entry of a layer's output, whatever the batch and the width."""

from __future__ import annotations

from torch import Tensor

from gradtui.engine.probes.sample import Sample, entries


def measure(sample: Sample) -> list[Tensor]:
    """Root mean square of dL/dh over batch and units."""
    pairs = zip(sample.output_gradient_norms, sample.output_gradients, strict=True)
    return [norms / entries(gradient) ** 0.5 for norms, gradient in pairs]
