"""What may keep an experiment from learning: its unusual settings, the most unusual first, and what is tried in any case."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gradtui.core.experiments import rates
from gradtui.core.experiments.experiment import Experiment, InvalidExperiment

HARMLESS = {
    "optimizer.momentum_decay": "it changes NAdam's momentum by a few percent",
    "optimizer.rest_learning_rate": "it is of the ends of the network alone",
    "optimizer.rest_weight_decay": "it is of the ends of the network alone",
    "clip.threshold": "it matters only with clipping, which is tried as a whole",
    "network.negative_slope": "any slope lets units come back",
    "network.alpha": "it moves what ELU settles at, not whether it trains",
    "network.branch_layers": "links are tried as a whole",
    "network.residual_scale": "links are tried as a whole",
    "network.heads": "the width is shared among them",
    "network.feed_forward": "it is capacity, and the width is tried",
    "network.positions": "it says what a token knows of its place, not how gradients pass",
    "network.depth": "it is what the experiment is about; what makes depth trainable is tried",
}
"""Keys that are no suspects, each with the reason; the tables `task` and `run` say what is to be learned, and how long."""
_OWN = ("network.", "optimizer.", "schedule.", "clip.")
_RATE = "optimizer.learning_rate"
_RECTIFIED = ("relu", "leaky-relu", "elu", "gelu", "silu", "softplus")
_NARROW, _ENOUGH = 8, 8


@dataclass(frozen=True)
class Suspect:
    """A setting, and what is tried in its place: `set` by dotted key, `was` what stood there. `unusual` is how far off it is in
    decades, a choice counting as one; 0 where it is usual, and tried in any case.
    """

    set: dict[str, Any]
    was: dict[str, Any]
    unusual: float
    changed: Experiment

    @property
    def words(self) -> str:
        """What is set, in words."""
        return ", ".join(f"{key.partition('.')[2].replace('_', ' ')} {value}" for key, value in self.set.items())


def suspects(experiment: Experiment) -> tuple[Suspect, ...]:
    """What is to be tried, each by itself, the most unusual setting first."""
    found: dict[str, Suspect] = {}
    for values, unusual in sorted(_tries(experiment), key=lambda one: -one[1]):
        try:
            changed = experiment.changed(values)
        except InvalidExperiment:
            continue
        different = experiment.differences(changed)
        kept = {key: value for key, value in values.items() if key in different}
        name = repr(changed.tables())
        if kept and name not in found:
            found[name] = Suspect(kept, {key: different[key][0] for key in kept}, unusual, changed)
    return tuple(found.values())


def _tries(experiment: Experiment) -> Iterator[tuple[dict[str, Any], float]]:
    """Values to set, and how unusual those are whose place they take."""
    values = experiment.flat()
    for key, value in values.items():
        if key.startswith(_OWN) and key not in HARMLESS:
            usual = _usual(experiment, key)
            if usual is not None and usual != value:
                yield {key: usual}, _off(value, usual)
    yield from _anyway(experiment, values)


def _usual(experiment: Experiment, key: str) -> Any:
    """The usual value of a key beside the others; None where there is none."""
    if key == _RATE:
        return rates.usual(experiment) if not rates.trains(experiment) else None
    if key in ("network.family", "network.width", "optimizer.name", "network.initialization", "network.activation"):
        return "tanh" if key == "network.activation" and experiment.network.family == "rnn" else None
    return experiment.parameter(key).default


def _off(value: Any, usual: Any) -> float:
    numbers = all(isinstance(one, int | float) and not isinstance(one, bool) for one in (value, usual))
    if not numbers:
        return 1.0
    if value > 0 and usual > 0:
        return abs(math.log10(value / usual))
    return 0.5 + float(abs(value - usual) / (1 + abs(value) + abs(usual)))


def _anyway(experiment: Experiment, values: dict[str, Any]) -> Iterator[tuple[dict[str, Any], float]]:
    """What often helps, whatever is unusual: other rates, weights for the activation, normalization, links, another optimizer."""
    network, optimizer = experiment.network.values(), experiment.optimizer
    family, rate = network["family"], float(optimizer.learning_rate)
    yield {"network.initialization": "he-normal" if network.get("activation") in _RECTIFIED else "xavier-normal"}, _weights(network)
    yield {_RATE: rates.usual(experiment)}, 0.0
    yield {_RATE: rate / 10}, 0.0
    yield {_RATE: rate * 10}, 0.0
    if network.get("activation") not in (None, "relu") and family not in ("rnn", "irnn"):
        yield {"network.activation": "relu", "network.initialization": "he-normal"}, 0.0
    for normalization in ("batch", "layer"):
        yield {"network.normalization": normalization}, 0.0
    yield {"network.residual": True}, 0.0
    yield {"network.placement": "pre"}, 0.0
    if family in ("rnn", "irnn"):
        yield {"network.family": "gru"}, 0.0
    if network["width"] < _NARROW:
        yield {"network.width": _ENOUGH}, 0.0
    if "optimizer.eps" in values:
        yield {"optimizer.eps": 1e-3}, 0.0
    if optimizer.name not in ("adam", "adamw"):
        yield {"optimizer.name": "adam", _RATE: rates.adam(experiment)}, 0.0
    yield {"clip.by": "norm", "clip.threshold": 1.0}, 0.0
    yield {"schedule.warmup": max(1, experiment.run.steps // 10)}, 0.0


def _weights(network: dict[str, Any]) -> float:
    """How unusual weights are that keep nothing of a signal's size by design."""
    return 1.0 if network.get("initialization") in ("normal", "uniform", "zeros") else 0.0
