"""The step that the optimizer made, relative to the weights; about 1e-3 is wanted (CS231n)."""

from __future__ import annotations

from torch import Tensor

from gradtui.engine.probes.sample import Sample, norm


def measure(sample: Sample) -> list[Tensor]:
    """|W_after - W_before| / |W_before|, whatever the optimizer is. All weights zero: infinite, or NaN if they did not move."""
    if not sample.weights_before:
        return []
    pairs = zip(sample.weights, sample.weights_before, strict=True)
    return [norm(after - before) / norm(before) for after, before in pairs]
