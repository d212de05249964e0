"""Fixes: named changes to an experiment, offered only where they change something and the result is a valid experiment."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from gradtui.core.experiments import rates
from gradtui.core.experiments.experiment import Experiment, InvalidExperiment
from gradtui.core.measured.finding import Fix
from gradtui.core.text import grouped

Proposal = tuple[str, str, dict[str, Any]]
"""Title, reason, and values by dotted key."""
Maker = Callable[[Experiment], Proposal]

SEARCHED = ("learning-rate-too-high", "learning-rate-too-low")
"""Rules whose finding a rate that is found by experiment may mend."""

_NARROW = 8
"""Units of a layer below which much of what passes is lost (Lu 2020), and little room is left for noise."""
_WIDE = 32
"""Units of a layer that are enough for the tasks here."""
_LINKED = {"mlp": "layer", "cnn": "batch"}
"""The families that may have residual links, and the normalization that goes with them."""
_RECURRENT = ("rnn", "irnn")
"""The families that gates would help."""
_CLIP = {"clip.by": "norm", "clip.threshold": 1.0}
"""Clipping that bounds every step by its rate (Pascanu 2013)."""
_FLUCTUATING = 1.7
"""5 L / 2 n: the median gradient lies e to this below the mean (Hanin & Rolnick 2018). Beyond it weights alone do not help."""
_WANTED = 1e-2
"""Length of the longest step by its layer's weights that a faster rate aims at."""
_TIMES = 4.0, 1e5
"""How many times faster it is at least and at most."""


def offered(experiment: Experiment, *makers: Maker) -> tuple[Fix, ...]:
    """The fixes that apply to an experiment, in the order given, each once."""
    found: list[Fix] = []
    for make in makers:
        title, reason, values = make(experiment)
        try:
            changed = experiment.changed(values)
        except InvalidExperiment:
            continue
        different = experiment.differences(changed)
        fix = Fix(title=title, reason=reason, set={key: value for key, value in values.items() if key in different})
        if different and fix.set not in [other.set for other in found]:
            found.append(fix)
    return tuple(found)


def sound(experiment: Experiment) -> Proposal:
    """Weights, and where depth wants them links, that pass gradients on whatever the depth."""
    network = experiment.network.values()
    title, reason, values = relu_he(experiment)
    links = network.get("residual", False)  # with He weights alone, links double the variance at every block (He 2016)
    if 2.5 * network["depth"] / network["width"] <= _FLUCTUATING and not links:
        return title, reason, {**values, **_without(network)}
    normalization = _LINKED.get(network["family"], "layer")
    reason = "the gradient has a way past every branch, and norms keep branches from adding up (He 2016)"
    if not links:
        reason = f"{network['depth']} layers of width {network['width']} fluctuate too much for weights alone (Hanin 2018)"
    changes = {"network.residual": True, "network.normalization": normalization}
    return f"Residual links, {normalization} norm, ReLU with He weights", reason, {**values, **changes}


def surest(experiment: Experiment) -> Proposal:
    """All that lets gradients pass at once, with an optimizer that needs no rate of its own and steps of bounded length: layers of
    enough units, and links where the family has them, or gates where it recurs.
    """
    family = experiment.network.family
    if family in _RECURRENT:
        return gated("gru")(experiment)
    _, _, adams = adam(experiment)
    title, reason, values = relu_he(experiment)
    if family in _LINKED:
        title, reason = f"Residual links, {_LINKED[family]} norm, {title}", "gradients have a way past every layer (He 2016)"
        values |= {"network.residual": True, "network.normalization": _LINKED[family]}
        adams["optimizer.learning_rate"] = rates.ADAM[family]
    if experiment.network.width < _NARROW:
        title, reason = f"Width {_WIDE}, {title[0].lower()}{title[1:]}", f"{reason}; so few units lose what passes (Lu 2020)"
        values["network.width"] = _WIDE
    rate = adams["optimizer.learning_rate"]
    reason += "; Adam's steps do not depend on the gradient's size"
    return f"{title}, Adam at {rate:g}, clip by norm 1", reason, {**values, **adams, **_CLIP}


def plain(experiment: Experiment) -> Proposal:
    """Sound weights and nothing else, with an optimizer that needs no rate of its own."""
    name, _, adams = adam(experiment)
    title, reason, values = relu_he(experiment)
    if experiment.network.family in _LINKED:
        values |= {"network.residual": False, "network.normalization": "none"}
    return f"{title} alone, {name}, clip by norm 1", reason, {**values, **_without(experiment.network.values()), **adams, **_CLIP}


def sounder() -> tuple[Maker, Maker, Maker]:
    """What passes gradients on, the surer one first: as few changes as may do where layers are wide enough and the rate is one that
    such a network trains with.
    """

    def enough(experiment: Experiment) -> bool:
        return rates.trains(experiment) and experiment.network.width >= _NARROW

    def first(experiment: Experiment) -> Proposal:
        return sound(experiment) if enough(experiment) else surest(experiment)

    def second(experiment: Experiment) -> Proposal:
        return surest(experiment) if enough(experiment) else sound(experiment)

    return first, second, plain


def relu_he(experiment: Experiment) -> Proposal:
    """ReLU with the weights made for it."""
    values = {"network.activation": "relu", "network.initialization": "he-normal", "network.gain": 1.0}
    return "ReLU with He weights", "variance 2/n makes up for the half that ReLU drops (He 2015)", values


def selu_lecun(experiment: Experiment) -> Proposal:
    """SELU with the weights made for it."""
    values = {"network.activation": "selu", "network.initialization": "lecun-normal", "network.gain": 1.0}
    return "SELU with LeCun weights", "activations settle at mean 0 and variance 1 (Klambauer 2017)", values


def tanh_xavier(experiment: Experiment) -> Proposal:
    """Tanh with the weights made for it."""
    values = {"network.activation": "tanh", "network.initialization": "xavier-normal", "network.gain": 1.0}
    return "Tanh with Xavier weights", "tanh has slope 1 at 0, four times a sigmoid's (Glorot 2010)", values


def he(experiment: Experiment) -> Proposal:
    """He's weights for the activation that is there."""
    values = {"network.initialization": "he-normal", "network.gain": 1.0}
    return "He weights", "each layer keeps the size of what it passes on (He 2015)", values


def layer_norm(experiment: Experiment) -> Proposal:
    """Layer normalization."""
    return "Layer normalization", "every layer's input is brought back to variance 1 (Ba 2016)", {"network.normalization": "layer"}


def residual(experiment: Experiment) -> Proposal:
    """Residual links."""
    return "Residual links", "the gradient has a way past every layer (He 2016)", {"network.residual": True}


def leaky(experiment: Experiment) -> Proposal:
    """An activation without a dead side."""
    return "Leaky ReLU", "a slope on the negative side lets units come back (Maas 2013)", {"network.activation": "leaky-relu"}


def clip(experiment: Experiment) -> Proposal:
    """Clipping by norm."""
    return "Clip by norm 1", "a step is never longer than its rate (Pascanu 2013)", dict(_CLIP)


def slower(experiment: Experiment) -> Proposal:
    """A tenth of the rate."""
    rate = _rounded(experiment.optimizer.learning_rate / 10)
    return f"Learning rate {rate:g}", "a tenth of this one", _rate(rate)


def usual(experiment: Experiment) -> Proposal:
    """The rate that usually works for the optimizer that is there."""
    rate = rates.usual(experiment)
    return f"Learning rate {rate:g}", f"about what {experiment.optimizer.name} usually trains with", _rate(rate)


def faster(longest: float) -> Maker:
    """The rate that usually works for an optimizer that divides by the gradient's size, or ten times this one. For others one at
    which the longest step, now `longest` of its layer's weights, is a hundredth of them.
    """

    def make(experiment: Experiment) -> Proposal:
        name, rate = experiment.optimizer.name, experiment.optimizer.learning_rate
        if name not in rates.HIGHEST:
            new = max(rates.adam(experiment), 10 * rate)
            return f"Learning rate {_rounded(new):g}", f"about what {name} usually trains with", _rate(new)
        times = min(max(_WANTED / longest if longest > 0 else _TIMES[1], _TIMES[0]), _TIMES[1])
        new = float(f"{min(times * rate, max(rates.HIGHEST[name], _TIMES[0] * rate)):.1g}")
        return f"Learning rate {new:g}", f"a step of {longest:.2g} of the weights becomes about {100 * _WANTED:.0g} %", _rate(new)

    return make


def quicker(longest: float) -> tuple[Maker, Maker]:
    """What brings a run on its way that is too slow, the surer one first."""

    def first(experiment: Experiment) -> Proposal:
        return adam(experiment) if experiment.optimizer.name in rates.HIGHEST else faster(longest)(experiment)

    def second(experiment: Experiment) -> Proposal:
        return faster(longest)(experiment) if experiment.optimizer.name in rates.HIGHEST else adam(experiment)

    return first, second


def longer(experiment: Experiment) -> Proposal:
    """More steps."""
    steps = min(1_000_000_000, 4 * experiment.run.steps)
    return f"{grouped(steps)} steps", "four times as many; the loss is still on its way", {"run.steps": steps}


def until(step: int) -> Maker:
    """An end at the step where validation was best."""

    def make(experiment: Experiment) -> Proposal:
        return f"Stop at step {grouped(step)}", "validation was best there (early stopping, Prechelt 1998)", {"run.steps": step}

    return make


def adam(experiment: Experiment) -> Proposal:
    """Adam at a rate that usually works."""
    rate = rates.adam(experiment)
    values = {"optimizer.name": "adam", "optimizer.learning_rate": rate}
    return f"Adam at {rate:g}", "each weight's step has the rate's size, however small its gradient (Kingma 2015)", values


def cosine(experiment: Experiment) -> Proposal:
    """A rate that falls to zero."""
    return "Cosine schedule", "smaller steps at the end let the loss settle (Loshchilov 2017)", {"schedule.name": "cosine"}


def decay(experiment: Experiment) -> Proposal:
    """Decoupled weight decay, strong enough to be felt within a short run."""
    return "AdamW at 0.003 with decay 3", "smaller weights fit less of the noise (Loshchilov 2019)", _decayed(0.003, 3.0)


def smaller(rate: float, strength: float) -> Maker:
    """A network that has no room for noise, the less the stronger its weights decay."""

    def make(experiment: Experiment) -> Proposal:
        width = min(_NARROW, experiment.network.width)
        values = {"network.depth": 1, "network.width": width, **_decayed(rate, strength)}
        return f"One layer of {width}, AdamW at {rate:g} with decay {strength:g}", "fewer weights fit less of the noise", values

    return make


def gated(family: str) -> Maker:
    """Gated memory, with Adam and clipping, which it is usually trained with."""

    def make(experiment: Experiment) -> Proposal:
        values = {"network.family": family, "optimizer.name": "adam", "optimizer.learning_rate": rates.ADAM[family], **_CLIP}
        reason = "a state that gates keep passes its gradient on unchanged (Hochreiter 1997, Cho 2014)"
        return f"{family.upper()}, Adam at {rates.ADAM[family]:g}, clip by norm 1", reason, values

    return make


def orthogonal(experiment: Experiment) -> Proposal:
    """Orthogonal recurrent weights."""
    return (
        "Orthogonal recurrent weights",
        "they keep the length of what they multiply (Saxe 2014)",
        {"network.recurrent": "orthogonal"},
    )


def _decayed(rate: float, strength: float) -> dict[str, Any]:
    return {"optimizer.name": "adamw", "optimizer.learning_rate": rate, "optimizer.weight_decay": strength}


def _without(network: dict[str, Any]) -> dict[str, Any]:
    """What would keep weights from being what they are made for."""
    return {"network.bias_std": 0.0} if network.get("bias_std") else {}


def _rate(value: float) -> dict[str, Any]:
    return {"optimizer.learning_rate": _rounded(value)}


def _rounded(rate: float) -> float:
    return float(f"{rate:.3g}") if math.isfinite(rate) else rate
