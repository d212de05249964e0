"""Learning rates that usually train small networks, by optimizer and family."""

from __future__ import annotations

from gradtui.core.experiments.experiment import Experiment

ADAM = {"mlp": 0.01, "cnn": 0.02, "transformer": 0.005, "irnn": 0.003, "rnn": 0.01, "gru": 0.01, "lstm": 0.01}
"""Adam's rates by family."""
_SHALLOW, _ADAM_SHALLOW = 2, 0.02
"""Layers up to which a dense network is shallow, and Adam's rate for it."""
_DEEP, _ADAM_DEEP = 6, 0.003
"""Layers beyond which a dense network or one of images is deep, and Adam's rate for it."""
HIGHEST = {"sgd": 0.5, "momentum": 0.5, "heavy-ball": 0.05, "nesterov": 0.05, "adagrad": 0.1, "adadelta": 10.0, "muon": 0.1}
"""Rates beyond which these optimizers, whose steps depend on the gradient's size or history, seldom train anything."""
_BELOW_HIGHEST, _FAR_BELOW = 10.0, 200.0
"""How far below that they train deep networks at most, and at least."""


def adam(experiment: Experiment) -> float:
    """The rate that Adam usually trains such a network with."""
    family, depth = experiment.network.family, experiment.network.depth
    if family in ("mlp", "cnn") and depth > _DEEP:
        return _ADAM_DEEP
    return _ADAM_SHALLOW if family == "mlp" and depth <= _SHALLOW else ADAM[family]


def usual(experiment: Experiment) -> float:
    """The rate that the experiment's optimizer usually trains such a network with."""
    name = experiment.optimizer.name
    return HIGHEST[name] / _BELOW_HIGHEST if name in HIGHEST else adam(experiment)


def trains(experiment: Experiment) -> bool:
    """Whether deep networks with sound weights usually train at the experiment's rate."""
    name, rate = experiment.optimizer.name, experiment.optimizer.learning_rate
    low, high = 1 / 4, 2.0
    if name in HIGHEST:
        low, high = _BELOW_HIGHEST / _FAR_BELOW, 1.0
    return bool(low * usual(experiment) <= rate <= high * usual(experiment))
