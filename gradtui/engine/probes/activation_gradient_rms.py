"""The gradient that reaches one entry of a layer's output, whatever the batch and the width."""

from __future__ import annotations

import math

from torch import Tensor

from gradtui.engine.probes.sample import Sample


def measure(sample: Sample) -> Tensor | None:
    """Root mean square of dL/dh over batch and units."""
    if not sample.output_gradients:
        return None
    entries = [math.prod(gradient.shape[1:]) for gradient in sample.output_gradients]
    norms = sample.output_gradient_norms
    return norms / norms.new_tensor(entries).sqrt()[:, None]
