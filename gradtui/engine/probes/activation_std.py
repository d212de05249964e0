"""The spread of a layer's output: whether the signal dies out or grows with depth."""

from __future__ import annotations

from torch import Tensor

from gradtui.engine.probes.sample import Sample


def measure(sample: Sample) -> Tensor:
    """Standard deviation over batch and units."""
    return sample.output_moments[0]
