"""AUTOTRAINER's detection (Zhang 2021) with the defaults of its code."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gradtui.core.measured.profile import first_over_last
from gradtui.core.measured.run import Run
from gradtui.core.text import number
from gradtui.diagnosis.published import Remark, Tool
from gradtui.diagnosis.published.measures import not_finite, numbers

_RATIO, _FIRST, _EXPLODING = 1e-3, 1e-4, 70.0
_ZEROS = 0.7
_SWING, _RATE = 0.03, 0.2
_GAIN, _SATISFIED = 0.01, 0.7
_FROM = 0.3
"""Share of the epochs before which accuracy is not judged."""
_HUGE = 1e5


def judge(run: Run) -> tuple[Remark, ...]:
    """Vanishing, exploding and dying are problems only where the accuracy has not come up, as in its monitor."""
    broken = _broken(run)
    return (
        _vanishing(run),
        Remark("exploding-gradients", True, broken) if broken else _exploding(run),
        _dying(run),
        Remark(
            "non-finite", broken is not None, f"{broken or 'loss and gradients are finite'}; speaks at NaN, Inf or a loss of 1e5"
        ),
        _oscillating(run),
        _slow(run),
    )


def _broken(run: Run) -> str | None:
    last = run.history.last
    if last is not None and last.validation_loss is not None and last.validation_loss >= _HUGE:
        return f"the validation loss is {number(last.validation_loss)}"
    return not_finite(run)


def _vanishing(run: Run) -> Remark:
    norms = list(numbers(run, "weight_gradient").values())
    if len(norms) < 2:
        return Remark("vanishing-gradients", None, "cannot tell: it compares the first and the last layer's |dL/dW|")
    ratio = first_over_last(norms)
    words = f"|dL/dW| {number(norms[0])} in the first layer, {number(ratio)} of the last; speaks below {_FIRST:g} and {_RATIO:g}"
    return _where_not_learned("vanishing-gradients", run, ratio < _RATIO and norms[0] < _FIRST, words)


def _exploding(run: Run) -> Remark:
    norms = list(numbers(run, "weight_gradient").values())
    if len(norms) < 2:
        return Remark("exploding-gradients", None, "cannot tell: it compares the first and the last layer's |dL/dW|")
    words = f"|dL/dW| of the first layer is {number(first_over_last(norms))} times the last; speaks above {_EXPLODING:g}"
    return _where_not_learned("exploding-gradients", run, first_over_last(norms) > _EXPLODING, words)


def _dying(run: Run) -> Remark:
    shares = numbers(run, "zero_weight_gradients").values()
    if not shares:
        return Remark("dead-units", None, "cannot tell: zero entries of dL/dW were not counted")
    words = f"{number(sum(shares))} of all weight gradients are exactly zero; speaks from {_ZEROS:g}"
    return _where_not_learned("dead-units", run, sum(shares) >= _ZEROS, words)


def _oscillating(run: Run) -> Remark:
    accuracy = _accuracies(run)
    if accuracy is None or len(accuracy) < 3:
        return Remark("loss-oscillating", None, "cannot tell: it needs the accuracy of three validations")
    left, middle, right = accuracy[:-2], accuracy[1:-1], accuracy[2:]
    tops = middle[(middle >= left) & (middle >= right)]
    bottoms = middle[(middle <= left) & (middle <= right)]
    pairs = min(len(tops), len(bottoms))
    swings = int((tops[:pairs] - bottoms[:pairs] >= _SWING).sum())
    words = f"{swings} swings of {_SWING:g} in the accuracy of {len(accuracy)} validations; speaks from {_RATE:g} of them"
    return _late_enough("loss-oscillating", run, swings >= _RATE * len(accuracy), words)


def _slow(run: Run) -> Remark:
    accuracy = _accuracies(run)
    if accuracy is None:
        return Remark("learning-rate-too-low", None, "cannot tell: it needs an accuracy")
    gain, best = _best_gain(accuracy), float(accuracy.max())
    words = (
        f"best gain between two validations {number(gain)}, best accuracy {number(best)}; speaks below {_GAIN:g} and {_SATISFIED:g}"
    )
    return _late_enough("learning-rate-too-low", run, gain < _GAIN and best < _SATISFIED, words)


def _where_not_learned(rule: str, run: Run, says: bool, words: str) -> Remark:
    """It reports what it sees in gradients only where the accuracy stays low or hardly rises."""
    accuracy = _accuracies(run)
    if not says:
        return Remark(rule, False, words)
    if accuracy is None:
        return Remark(rule, None, f"cannot tell: {words}, where the accuracy is low, and there is none")
    low = float(accuracy.max()) < _SATISFIED or _best_gain(accuracy) < _GAIN
    return _late_enough(
        rule, run, low, f"{words}, where the best accuracy, {number(float(accuracy.max()))}, is below {_SATISFIED:g}"
    )


def _late_enough(rule: str, run: Run, says: bool, words: str) -> Remark:
    newest = run.history.newest
    late = newest is not None and newest.step >= _FROM * run.experiment.run.steps
    return Remark(rule, says, words) if late else Remark(rule, False, f"{words}, and after {100 * _FROM:.0f} % of the run")


def _accuracies(run: Run) -> NDArray[np.float64] | None:
    """Validation accuracies in place of those by epoch; None for regression and before the first one."""
    accuracy = run.history.validation_accuracy.last[:, 0]
    accuracy = accuracy[(accuracy >= 0) & (accuracy <= 1)]
    return accuracy if len(accuracy) else None


def _best_gain(accuracy: NDArray[np.float64]) -> float:
    return max(0.0, float(np.diff(accuracy).max())) if len(accuracy) > 1 else 0.0


AUTOTRAINER = Tool(
    "AUTOTRAINER",
    ("AUTO", "TRAINER"),
    "Zhang 2021, ICSE: AUTOTRAINER, default parameters of its code",
    "Its accuracies are those of epochs on both sets; here each validation stands for an epoch, and no other set is looked at. "
    "Zeros are counted in weights, without biases.",
    judge,
)
