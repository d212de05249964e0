"""Dead units: zero whatever comes in, so that no gradient passes them."""

from __future__ import annotations

from torch import Tensor

from gradtui.engine.probes.sample import Sample, by_layer


def measure(sample: Sample) -> Tensor | None:
    """Share of a hidden layer's units whose activation is exactly zero on every validation sample."""
    if not (sample.activation.dies and sample.activated):
        return None
    return by_layer(sample.activated, lambda t: (t == 0).all(-2).double().mean(-1))
