"""nn-htop's badges, version 0.1.2."""

from __future__ import annotations

import math

from gradtui.core.measured.run import Run
from gradtui.core.text import number
from gradtui.diagnosis.published import Remark, Tool
from gradtui.diagnosis.published.measures import by_layer, numbers

_SMALL, _LARGE = 1e-5, 1000.0
_SILENT = 1e-7


def judge(run: Run) -> tuple[Remark, ...]:
    """VANISHING or ZERO GRAD, EXPLODING, DEAD RELU and NaN DETECTED."""
    what, lacking = "|dL/dh|", "the gradients by layer were not measured"
    return (
        by_layer("vanishing-gradients", run, "activation_gradient", what, "below", _SMALL, lacking),
        by_layer("exploding-gradients", run, "activation_gradient", what, "above", _LARGE, lacking),
        _dead(run),
        _not_a_number(run),
    )


def _dead(run: Run) -> Remark:
    rule, network = "dead-units", run.experiment.network.values()
    if network.get("activation", "relu") not in ("relu", "leaky-relu"):
        return Remark(rule, False, "it looks at ReLU and leaky ReLU only")
    if network.get("residual") or "activation" not in network:
        return Remark(rule, None, "cannot tell: the ReLU's own output is not what the layer's mean was taken of")
    means = {layer: abs(value) for layer, value in numbers(run, "activation_mean").items() if layer != "out"}
    if not means:
        return Remark(rule, None, "cannot tell: no layer's mean output was measured")
    layer = min(means, key=lambda name: means[name])
    return Remark(
        rule, means[layer] < _SILENT, f"smallest |mean h| {number(means[layer])}, layer {layer}; speaks below {_SILENT:g}"
    )


def _not_a_number(run: Run) -> Remark:
    rule, newest = "non-finite", run.history.newest
    if newest is None:
        return Remark(rule, None, "cannot tell: nothing has been measured yet")
    for quantity, what in (("activation_mean", "mean output"), ("activation_gradient", "|dL/dh|")):
        for layer, value in numbers(run, quantity).items():
            if not math.isfinite(value):
                return Remark(rule, True, f"the {what} of layer {layer} is {number(value)}; speaks at NaN and Inf")
    return Remark(rule, False, "mean outputs and gradients of all layers are finite")


NN_HTOP = Tool(
    "nn-htop",
    ("nn-", "htop"),
    "nn-htop 0.1.2, health badges in its ui.py",
    "It hooks every module; here the gradients that reach a layer's output are looked at, not those of its inner modules.",
    judge,
)
