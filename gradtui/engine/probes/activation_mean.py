"""The mean of a layer's output."""

from __future__ import annotations

from torch import Tensor

from gradtui.engine.probes.sample import Sample


def measure(sample: Sample) -> Tensor:
    """Mean over batch and units."""
    return sample.output_means
