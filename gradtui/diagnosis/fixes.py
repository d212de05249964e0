"""Fixes: named changes to an experiment, offered only where they change something and the result is a valid experiment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradtui.core.experiment import Experiment, InvalidExperiment
from gradtui.core.finding import Fix
from gradtui.core.text import grouped

Maker = Callable[[Experiment], tuple[str, str, dict[str, Any]]]


def offered(experiment: Experiment, *makers: Maker) -> tuple[Fix, ...]:
    """The fixes that apply to an experiment, in the order given."""
    found = []
    for make in makers:
        title, reason, values = make(experiment)
        try:
            changed = experiment.changed(values)
        except InvalidExperiment:
            continue
        different = experiment.differences(changed)
        if different:
            found.append(Fix(title=title, reason=reason, set={key: value for key, value in values.items() if key in different}))
    return tuple(found)


def relu_he(experiment: Experiment) -> tuple[str, str, dict[str, Any]]:
    """ReLU with the weights made for it."""
    values = {"network.activation": "relu", "network.initialization": "he-normal", "network.gain": 1.0}
    return "ReLU with He weights", "variance 2/n makes up for the half that ReLU drops (He 2015)", values


def selu_lecun(experiment: Experiment) -> tuple[str, str, dict[str, Any]]:
    """SELU with the weights made for it."""
    values = {"network.activation": "selu", "network.initialization": "lecun-normal", "network.gain": 1.0}
    return "SELU with LeCun weights", "activations settle at mean 0 and variance 1 (Klambauer 2017)", values


def tanh_xavier(experiment: Experiment) -> tuple[str, str, dict[str, Any]]:
    """Tanh with the weights made for it."""
    values = {"network.activation": "tanh", "network.initialization": "xavier-normal", "network.gain": 1.0}
    return "Tanh with Xavier weights", "tanh has slope 1 at 0, four times a sigmoid's (Glorot 2010)", values


def he(experiment: Experiment) -> tuple[str, str, dict[str, Any]]:
    """He's weights for the activation that is there."""
    return "He weights", "each layer keeps the size of what it passes on (He 2015)", {"network.initialization": "he-normal"}


def layer_norm(experiment: Experiment) -> tuple[str, str, dict[str, Any]]:
    """Layer normalization."""
    return "Layer normalization", "every layer's input is brought back to variance 1 (Ba 2016)", {"network.normalization": "layer"}


def residual(experiment: Experiment) -> tuple[str, str, dict[str, Any]]:
    """Residual links."""
    return "Residual links", "the gradient has a way past every layer (He 2016)", {"network.residual": True}


def leaky(experiment: Experiment) -> tuple[str, str, dict[str, Any]]:
    """An activation without a dead side."""
    return "Leaky ReLU", "a slope on the negative side lets units come back (Maas 2013)", {"network.activation": "leaky-relu"}


def clip(experiment: Experiment) -> tuple[str, str, dict[str, Any]]:
    """Clipping by norm."""
    return "Clip by norm 1", "a step is never longer than its rate (Pascanu 2013)", {"clip.by": "norm", "clip.threshold": 1.0}


def slower(experiment: Experiment) -> tuple[str, str, dict[str, Any]]:
    """A tenth of the rate."""
    rate = _rounded(experiment.optimizer.learning_rate / 10)
    return f"Learning rate {rate:g}", "a tenth of this one", {"optimizer.learning_rate": rate}


def faster(experiment: Experiment) -> tuple[str, str, dict[str, Any]]:
    """Ten times the rate."""
    rate = _rounded(experiment.optimizer.learning_rate * 10)
    return f"Learning rate {rate:g}", "ten times this one", {"optimizer.learning_rate": rate}


def longer(experiment: Experiment) -> tuple[str, str, dict[str, Any]]:
    """More steps."""
    steps = min(1_000_000_000, 4 * experiment.run.steps)
    return f"{grouped(steps)} steps", "four times as many; the loss is still on its way", {"run.steps": steps}


def adam(experiment: Experiment) -> tuple[str, str, dict[str, Any]]:
    """Adam at its usual rate."""
    values = {"optimizer.name": "adam", "optimizer.learning_rate": 0.001}
    return "Adam at 0.001", "each weight's step has the rate's size, however small its gradient (Kingma 2015)", values


def cosine(experiment: Experiment) -> tuple[str, str, dict[str, Any]]:
    """A rate that falls to zero."""
    return "Cosine schedule", "smaller steps at the end let the loss settle (Loshchilov 2017)", {"schedule.name": "cosine"}


def decay(experiment: Experiment) -> tuple[str, str, dict[str, Any]]:
    """Decoupled weight decay."""
    values = {"optimizer.name": "adamw", "optimizer.weight_decay": 0.1}
    return "AdamW with decay 0.1", "smaller weights fit less of the noise (Loshchilov 2019)", values


def lstm(experiment: Experiment) -> tuple[str, str, dict[str, Any]]:
    """Gated memory."""
    return "LSTM", "a cell that is kept passes its gradient on unchanged (Hochreiter 1997)", {"network.family": "lstm"}


def orthogonal(experiment: Experiment) -> tuple[str, str, dict[str, Any]]:
    """Orthogonal recurrent weights."""
    return (
        "Orthogonal recurrent weights",
        "they keep the length of what they multiply (Saxe 2014)",
        {"network.recurrent": "orthogonal"},
    )


def _rounded(rate: float) -> float:
    return float(f"{rate:.3g}")
