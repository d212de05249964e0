"""The mean of a layer's output."""

from __future__ import annotations

from torch import Tensor

from gradtui.engine.probes.sample import Sample


def measure(sample: Sample) -> list[Tensor]:
    """Mean over batch and units."""
    return [means.flatten(1) for means in sample.output_means]
