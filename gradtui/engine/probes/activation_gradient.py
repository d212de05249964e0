"""The gradient that reaches a layer's output: what vanishes and explodes with depth."""

from __future__ import annotations

from torch import Tensor

from gradtui.engine.probes.sample import Sample


def measure(sample: Sample) -> list[Tensor]:
    """L2 norm of dL/dh over batch and units."""
    return sample.output_gradient_norms
