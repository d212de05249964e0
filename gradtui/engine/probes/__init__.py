"""Probes: each measures one quantity per layer of a sampled step, from what the step made anyway.

A probe is one file with a function `measure(sample)`, or one for each statistic, that returns, for each stack of layers, one
float64 number per layer and lane, [layers, lanes], on the device; an empty answer leaves all layers unmeasured. It is listed in
`PROBES` under the name of its quantity or statistic. Norms and moments are taken in float64: in float32 the squares of a gradient
of 1e-25, or of an activation of 1e25, are 0 and infinite.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from gradtui.core.measured.frame import STATISTICS
from gradtui.engine.probes import (
    activation_gradient,
    activation_gradient_rms,
    activation_mean,
    activation_std,
    activity,
    dead,
    limits,
    saturated,
    update_ratio,
    weight_gradient,
    weight_gradient_entries,
)
from gradtui.engine.probes.sample import Sample

PROBES: dict[str, Callable[[Sample], list[Tensor]]] = {
    "activation_gradient": activation_gradient.measure,
    "weight_gradient": weight_gradient.measure,
    "activation_std": activation_std.measure,
    "update_ratio": update_ratio.measure,
    "activation_gradient_rms": activation_gradient_rms.measure,
    "activation_mean": activation_mean.measure,
    "dead": dead.measure,
    "saturated": saturated.measure,
    "mean_weight_gradient": weight_gradient_entries.means,
    "largest_weight_gradient": weight_gradient_entries.largest,
    "zero_weight_gradients": weight_gradient_entries.zeros,
    "inactive": activity.inactive,
    "rarely_active": activity.rarely_active,
    "beyond_five": limits.beyond_five,
    "stuck": limits.stuck,
}

_OF_ACTIVATIONS = frozenset({"dead", "saturated", "inactive", "rarely_active", "beyond_five", "stuck"})
"""Quantities of the layers that have an activation."""

Measured = dict[str, tuple[float | None, ...]]


@torch.no_grad()
def measure(sample: Sample, layers: int) -> list[Measured]:
    """What every probe says of a sample of so many layers, by lane. Numbers cross from the device once."""
    answers = {name: probe(sample) for name, probe in PROBES.items()}
    sizes = {name: sum(map(len, answer)) for name, answer in answers.items()}
    rows: list[list[float]] = torch.cat([numbers for answer in answers.values() for numbers in answer]).T.tolist()
    return [_by_name(row, sizes, sample.activating, layers) for row in rows]


def _by_name(row: list[float], sizes: dict[str, int], activating: Sequence[int], layers: int) -> Measured:
    measured: Measured = {}
    start = 0
    for name, size in sizes.items():
        if not size and name in STATISTICS:
            continue
        places = activating if name in _OF_ACTIVATIONS else range(layers)
        numbers = dict(zip(places, row[start : start + size], strict=False))
        measured[name] = tuple(numbers.get(layer) for layer in range(layers))
        start += size
    return measured
