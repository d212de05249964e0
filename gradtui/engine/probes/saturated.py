"""Saturated units: at the flat ends of an activation, where its slope is next to nothing."""

from __future__ import annotations

from torch import Tensor

from gradtui.catalog.activations import Activation
from gradtui.engine.probes.sample import Counted, Sample, outside


def counted(activation: Activation) -> Counted | None:
    """Outputs beyond the activation's ends, where it has two."""
    return outside(*activation.ends) if activation.range else None


def measure(sample: Sample) -> list[Tensor]:
    """Share of a hidden layer's outputs, over validation samples and units, beyond the activation's ends."""
    return [beyond.mean(-1) for beyond in sample.shares("saturated")]
