"""The spread of a layer's output: whether the signal dies out or grows with depth."""

from __future__ import annotations

from torch import Tensor

from gradtui.engine.probes.sample import Sample, entries, norm


def measure(sample: Sample) -> list[Tensor]:
    """Standard deviation over batch and units."""
    return [norm(h - means) / entries(h) ** 0.5 for h, means in zip(sample.outputs, sample.output_means, strict=True)]
