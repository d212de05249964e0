"""The gradient that reaches one entry of a layer's output, whatever the batch and the width."""

from __future__ import annotations

from torch import Tensor

from gradtui.engine.probes.sample import Sample


def measure(sample: Sample) -> Tensor:
    """Root mean square of dL/dh over batch and units."""
    entries = [h.shape[-2] * h.shape[-1] for h in sample.output_gradients for _ in h]
    norms = sample.output_gradient_norms
    return norms / norms.new_tensor(entries).sqrt()[:, None]
