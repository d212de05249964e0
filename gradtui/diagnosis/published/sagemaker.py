"""Amazon SageMaker Debugger's built-in rules with their default parameters."""

from __future__ import annotations

import math

import numpy as np

from gradtui.core.measured.run import Run
from gradtui.core.text import grouped, number
from gradtui.diagnosis.published import Remark, Tool
from gradtui.diagnosis.published.measures import by_layer, finite_or_not

_GRADIENT = 1e-7
_UNITS = 0.5
_LARGE, _SMALL = 10.0, 1e-8
_APART, _LESS = 10, 0.001
_OVERFIT = 0.1


def judge(run: Run) -> tuple[Remark, ...]:
    """VanishingGradient, ExplodingTensor, DeadRelu, SaturatedActivation, WeightUpdateRatio, LossNotDecreasing and Overfit."""
    steps = "the length of a step by its weights"
    return (
        by_layer(
            "vanishing-gradients", run, "mean_weight_gradient", "mean |dL/dW|", "below", _GRADIENT, "mean |dL/dW| was not measured"
        ),
        finite_or_not("exploding-gradients", run),
        _dead(run),
        _saturated(run),
        finite_or_not("non-finite", run),
        by_layer("learning-rate-too-high", run, "update_ratio", "|dW|/|W|", "above", _LARGE, f"{steps} was not measured"),
        by_layer("learning-rate-too-low", run, "update_ratio", "|dW|/|W|", "below", _SMALL, f"{steps} was not measured"),
        _loss(run),
        _overfit(run),
        Remark(
            "symmetric-initialization",
            None,
            "cannot tell: PoorInitialization compares the weights' variances, which no frame holds",
        ),
    )


def _dead(run: Run) -> Remark:
    if run.experiment.network.values().get("activation", "relu") != "relu":
        return Remark("dead-units", False, "DeadRelu looks at ReLU only")
    what = "share of units active on less than 1 % of the inputs"
    return by_layer("dead-units", run, "rarely_active", what, "above", _UNITS, "no ReLU layer's outputs were measured")


def _saturated(run: Run) -> Remark:
    if run.experiment.network.values().get("activation", "tanh") not in ("sigmoid", "tanh"):
        return Remark("saturated-units", False, "SaturatedActivation looks at sigmoid and tanh only")
    what = "share of units beyond the limits on more than 99 % of the inputs"
    return by_layer("saturated-units", run, "stuck", what, "above", _UNITS, "no sigmoid or tanh layer's outputs were measured")


def _loss(run: Run) -> Remark:
    rule, steps, losses = "loss-not-decreasing", run.history.loss.steps, run.history.loss.last[:, 0]
    before = np.searchsorted(steps, steps - _APART, side="right") - 1
    checked = np.flatnonzero(before >= 0)
    if not len(checked) or checked[-1] != len(steps) - 1:
        return Remark(rule, None, f"cannot tell: it compares losses {_APART} steps apart")
    new, old = losses[checked], losses[before[checked]]
    spoken = new > (1 - _LESS) * old
    since = f"; first at step {grouped(int(steps[checked[int(spoken.argmax())]]))}" if spoken.any() else ""
    words = f"loss {number(new[-1])}, {number(old[-1])} at step {grouped(int(steps[before[checked[-1]]]))}"
    return Remark(rule, bool(spoken[-1]), f"{words}; speaks where it has not fallen by 0.1 % in {_APART} steps or more{since}")


def _overfit(run: Run) -> Remark:
    """Its validation loss beside the mean training loss since the validation before."""
    rule, seen = "overfitting", run.history.validation_loss
    if not len(seen):
        return Remark(rule, None, "cannot tell: there was no validation yet")
    validation, at = float(seen.last[-1, 0]), seen.steps[-1]
    since = seen.steps[-2] if len(seen) > 1 else 0
    within = (run.history.loss.steps > since) & (run.history.loss.steps <= at)
    training = _mean(run.history.loss.last[within, 0].tolist())
    says = validation - training > _OVERFIT * training
    return Remark(
        rule, says, f"validation loss {number(validation)}, training loss {number(training)}; speaks where it is 10 % more"
    )


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else math.nan


SAGEMAKER = Tool(
    "SageMaker Debugger",
    ("Sage", "Maker"),
    "Amazon SageMaker developer guide, Debugger built-in rules with default parameters",
    "It looks at every 500th step; here every frame is looked at. Steps are judged by norms. Saturation is read from outputs in "
    "float32, whose limits are 9.01 for tanh, -23 and 16.6 for sigmoid.",
    judge,
)
