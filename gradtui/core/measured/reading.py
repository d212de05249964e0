"""Readings: the numbers of a run that a claim may be about, each a pure function of it."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from gradtui.core.measured.finding import RULES
from gradtui.core.measured.frame import DRAWN, OVER_TIME, Frame
from gradtui.core.measured.history import History
from gradtui.core.measured.profile import first_over_last, hidden, quotient
from gradtui.core.measured.run import Run

Read = Callable[[Run], float | None]
"""A reading of a run as far as it has gone; None where it was not measured."""

_FORWARD = ("activation_std", "activation_mean")
"""Quantities that travel from the first layer to the last; all others travel back."""


def _first(values: Sequence[float], forward: bool) -> float:
    return values[0]


def _last(values: Sequence[float], forward: bool) -> float:
    return values[-1]


def _ratio(values: Sequence[float], forward: bool) -> float:
    return first_over_last(values)


def _growth(values: Sequence[float], forward: bool) -> float | None:
    ends = (values[-1], values[0]) if forward else (values[0], values[-1])
    factor = quotient(*ends)
    if len(values) == 1 or factor < 0:
        return None
    if not 0 < factor < math.inf:
        return factor
    with np.errstate(over="ignore"):
        return float(np.exp(2 / (len(values) - 1) * math.log(factor)))


def _smallest(values: Sequence[float], forward: bool) -> float:
    return math.nan if any(map(math.isnan, values)) else min(values)


def _largest(values: Sequence[float], forward: bool) -> float:
    return math.nan if any(map(math.isnan, values)) else max(values)


OF_LAYERS: Mapping[str, tuple[Callable[[Sequence[float], bool], float | None], str]] = {
    "first": (_first, "of the first hidden layer or time step"),
    "last": (_last, "of the last one"),
    "ratio": (_ratio, "of the first over that of the last one"),
    "growth": (_growth, "squared, its mean factor from one to the next, in the direction in which it travels"),
    "smallest": (_smallest, "where it is smallest"),
    "largest": (_largest, "where it is largest"),
}
"""What can be read of a quantity's numbers by hidden layer or time step, and in words."""


def _at(when: str, history: History) -> Frame | None:
    return history.first if when == "first" else history.last


def _layers(when: str, quantity: str, how: str) -> Read:
    def read(run: Run) -> float | None:
        frame = _at(when, run.history)
        if frame is None:
            return None
        seen = frame.gradient_over_time if quantity == OVER_TIME.name else hidden(frame, quantity)
        values = [value for value in seen if value is not None]
        return OF_LAYERS[how][0](values, quantity in _FORWARD) if values else None

    return read


def _found(rule: str) -> Read:
    return lambda run: float(any(finding.rule == rule for finding in run.findings))


def _first_loss(run: Run) -> float | None:
    return run.history.first.loss.last if run.history.first else None


def _last_loss(run: Run) -> float | None:
    return run.history.last.loss.mean if run.history.last else None


def _validation_loss(run: Run) -> float | None:
    return run.history.last.validation_loss if run.history.last else None


def _accuracy(run: Run) -> float | None:
    return run.history.last.validation_accuracy if run.history.last else None


READINGS: Mapping[str, Read] = {
    "first.loss": _first_loss,
    "last.loss": _last_loss,
    "last.validation_loss": _validation_loss,
    "last.accuracy": _accuracy,
    **{f"{when}.{name}.{how}": _layers(when, name, how) for when in ("first", "last") for name in DRAWN for how in OF_LAYERS},
    **{f"finding.{rule}": _found(rule) for rule in RULES},
}
"""Every reading by name. `first` is the first step, `last` the last one looked at, whose loss is the mean since the frame before;
validation and accuracy on validation samples are as last measured; a finding is 1 where its rule spoke and 0 where not.
"""


def _median(values: Sequence[float]) -> float:
    return math.nan if any(map(math.isnan, values)) else statistics.median(values)


def _zeros(values: Sequence[float]) -> float:
    return sum(value == 0 for value in values) / len(values)


def _spread(values: Sequence[float]) -> float:
    if not all(0 < value < math.inf for value in values):
        return math.nan
    return statistics.pstdev(map(math.log, values))


OVER_SEEDS: Mapping[str, tuple[Callable[[Sequence[float]], float], str]] = {
    "median": (_median, "the median over seeds"),
    "zeros": (_zeros, "the share of seeds in which it is exactly zero"),
    "spread": (_spread, "the standard deviation of its natural logarithm over seeds"),
}
"""How the numbers of several seeds become one, and in words."""


def over_seeds(how: str, values: Sequence[float | None]) -> float | None:
    """One number for all seeds; None where one of them was not measured."""
    measured = [value for value in values if value is not None]
    return OVER_SEEDS[how][0](measured) if measured and len(measured) == len(values) else None
