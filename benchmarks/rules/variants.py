"""What a run is compared with: the same task, steps and data with other rates, and with settings that are known to work."""

from __future__ import annotations

from typing import Any

from gradtui.core.experiments.experiment import Experiment, InvalidExperiment

LOWER, HIGHER = (0.1, 0.01), (10.0, 100.0)
_FEEDFORWARD: tuple[dict[str, Any], ...] = (
    {
        "network.activation": "relu",
        "network.initialization": "he-normal",
        "network.normalization": "none",
        "network.residual": False,
    },
    {
        "network.activation": "tanh",
        "network.initialization": "xavier-normal",
        "network.normalization": "none",
        "network.residual": False,
    },
    {
        "network.activation": "relu",
        "network.initialization": "he-normal",
        "network.normalization": "layer",
        "network.residual": True,
    },
)
_KNOWN: dict[str, tuple[dict[str, Any], ...]] = {
    "mlp": _FEEDFORWARD,
    "cnn": (_FEEDFORWARD[0], {**_FEEDFORWARD[2], "network.normalization": "batch"}),
    "transformer": ({"network.placement": "pre", "network.initialization": "default"},),
}
_GATED: tuple[dict[str, Any], ...] = ({"network.family": "gru"}, {"network.family": "lstm"})
_ADAM = {"mlp": 0.003, "cnn": 0.003, "transformer": 0.003}
_GATED_RATE = 0.01


def lower(experiment: Experiment) -> list[Experiment]:
    """The run at a tenth and a hundredth of its rate."""
    return _at_rates(experiment, LOWER)


def higher(experiment: Experiment) -> list[Experiment]:
    """The run at ten and a hundred times its rate."""
    return _at_rates(experiment, HIGHER)


def settling(experiment: Experiment) -> Experiment:
    """The run with a rate that falls to zero."""
    return experiment.changed({"schedule.name": "cosine"})


def known(experiment: Experiment) -> list[Experiment]:
    """Settings that usually train a network of this family, depth and width, with Adam."""
    family = experiment.network.family
    rate = _ADAM.get(family, _GATED_RATE)
    adam = {"optimizer.name": "adam", "optimizer.learning_rate": rate, "clip.by": "norm", "clip.threshold": 1.0}
    found = []
    for changes in _KNOWN.get(family, _GATED):
        try:
            made = experiment.changed({**changes, "network.gain": 1.0, **adam} if family in _KNOWN else {**changes, **adam})
        except InvalidExperiment:
            made = experiment.changed({**changes, **adam})
        if made not in found:
            found.append(made)
    return found


def _at_rates(experiment: Experiment, factors: tuple[float, ...]) -> list[Experiment]:
    rates = (min(1000.0, float(f"{experiment.optimizer.learning_rate * factor:.3g}")) for factor in factors)
    return [experiment.changed({"optimizer.learning_rate": rate}) for rate in rates]
