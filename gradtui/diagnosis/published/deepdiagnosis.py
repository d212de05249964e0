"""DeepDiagnosis (Wardat 2022) with the thresholds of its code."""

from __future__ import annotations

import math

from gradtui.core.measured.run import Run
from gradtui.core.text import number
from gradtui.diagnosis.published import Remark, Tool
from gradtui.diagnosis.published.measures import by_layer, not_finite, numbers

_GRADIENT = 1e-7
_INACTIVE, _SATURATED = 0.7, 0.5
_LOSSES, _ACCURACIES = 5, 20


def judge(run: Run) -> tuple[Remark, ...]:
    """Vanishing gradient, dead node, saturated activation, numerical error, and a loss or accuracy that stays the same."""
    what = "mean |dL/dW|"
    return (
        by_layer("vanishing-gradients", run, "mean_weight_gradient", what, "below", _GRADIENT, f"{what} was not measured"),
        _dead(run),
        _saturated(run),
        _numerical(run),
        _unchanged(run),
    )


def _dead(run: Run) -> Remark:
    newest = run.history.newest
    if run.experiment.network.values().get("activation", "relu") != "relu":
        return Remark("dead-units", False, "it looks at ReLU only")
    seen = by_layer(
        "dead-units", run, "inactive", "share of outputs <= 0", "from", _INACTIVE, "no ReLU layer's outputs were measured"
    )
    if seen.says and newest is not None and newest.step < run.experiment.run.steps:
        return Remark(seen.rule, False, f"{seen.words}; it looks in the last epoch only")
    return seen


def _saturated(run: Run) -> Remark:
    if run.experiment.network.values().get("activation", "tanh") not in ("sigmoid", "tanh"):
        return Remark("saturated-units", False, "it looks at sigmoid and tanh only")
    what = "share of pre-activations beyond -5 and 5"
    return by_layer(
        "saturated-units", run, "beyond_five", what, "above", _SATURATED, "no sigmoid or tanh layer's outputs were measured"
    )


def _numerical(run: Run) -> Remark:
    """Numbers that are not finite, and means that are exactly zero."""
    rule, newest = "non-finite", run.history.newest
    if newest is None:
        return Remark(rule, None, "cannot tell: nothing has been measured yet")
    if found := not_finite(run):
        return Remark(rule, True, f"{found}; speaks at NaN, Inf and means of zero")
    for quantity, what in (("activation_mean", "mean output"), ("largest_weight_gradient", "weight gradient")):
        for layer, value in numbers(run, quantity).items():
            if value == 0 or not math.isfinite(value):
                return Remark(rule, True, f"the {what} of layer {layer} is {number(value)}; speaks at NaN, Inf and means of zero")
    return Remark(rule, False, "no mean is zero, NaN or infinite")


def _unchanged(run: Run) -> Remark:
    rule = "loss-not-decreasing"
    losses, accuracies = (
        series.last[-count:, 0]
        for series, count in ((run.history.validation_loss, _LOSSES), (run.history.validation_accuracy, _ACCURACIES))
    )
    if len(losses) < _LOSSES:
        return Remark(rule, None, f"cannot tell: it compares {_LOSSES} epochs, here validations")
    same = bool((losses == losses[0]).all())
    flat = len(accuracies) == _ACCURACIES and bool((accuracies == accuracies[0]).all())
    spread = float(losses.max()) - float(losses.min())
    words = f"the newest {_LOSSES} validation losses differ by {number(spread)}"
    return Remark(rule, same or flat, f"{words}; speaks where they are equal, or {_ACCURACIES} accuracies are")


DEEPDIAGNOSIS = Tool(
    "DeepDiagnosis",
    ("Deep", "Diagnosis"),
    "Wardat 2022, ICSE: DeepDiagnosis, thresholds of its code",
    "Validations stand for its epochs, their losses for its training losses. Pre-activations are read from outputs.",
    judge,
)
