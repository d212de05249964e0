"""The word for each layer's number: what is vanishing, healthy and exploding in one frame.

A network is judged by its profile, never by its level: a network that has converged has small gradients everywhere and nothing
vanishes in it. So gradients are compared with what the last hidden layer gets, where they come from, and activations with what
the first hidden layer gives. Nothing gets a word of alarm that no finding could be about. This is a glance at one frame; findings
come from the diagnosis, which looks at the loss too.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum


class Meaning(Enum):
    """What a colour says."""

    VANISHING = "vanishing"
    HEALTHY = "healthy"
    EXPLODING = "exploding"
    NONE = "none"


@dataclass(frozen=True)
class Verdict:
    """A word for one layer, what it means, and how bad it is: 0 is fine, beyond that decades past the bound, or infinite."""

    word: str
    meaning: Meaning
    badness: float = 0.0


UNJUDGED = Verdict("", Meaning.NONE)
OK = Verdict("ok", Meaning.HEALTHY)
ZERO = Verdict("zero", Meaning.NONE)
NAN = Verdict("NaN", Meaning.EXPLODING, math.inf)
INF = Verdict("Inf", Meaning.EXPLODING, math.inf)

VANISHED_RATIO, EXPLODED_RATIO = 1e-3, 70.0
"""Vanished below, exploded above (AUTOTRAINER, Zhang et al. 2021: first layer over last)."""
VANISHED_UPDATE, LONG_UPDATE = 1e-8, 0.1
"""Updates relative to the weights: vanished below (SageMaker Debugger); above, a step makes other weights of them (ours)."""
WANTED_UPDATE = 1e-3
"""About what an update should be, relative to the weights (CS231n)."""
MANY_UNITS = {"dead": 0.7, "saturated": 0.5}
"""Shares of a layer's units from which they are many (AUTOTRAINER; SageMaker Debugger)."""

Values = Sequence[float | None]


def verdicts(quantity: str, values: Values) -> tuple[Verdict, ...]:
    """A verdict for every layer, from the layer next to the input to the output layer, or for every time step; None was not
    measured.
    """
    at = reference(quantity, values)
    judge = _JUDGES.get(quantity, _unjudged)(quantity, values, None if at is None else values[at])
    return tuple(_of(value, judge) for value in values)


def reference(quantity: str, values: Values) -> int | None:
    """Which layer or time step the numbers of all are compared with: for gradients the last hidden layer or the last time step, for
    activations the first layer, or the nearest one whose number is positive. None where there is nothing to compare with.
    """
    nearest = _NEAREST.get(quantity, _nowhere)(len(values))
    return next((at for at in nearest if (value := values[at]) is not None and 0 < value < math.inf), None)


def _of(value: float | None, judge: Callable[[float], Verdict]) -> Verdict:
    if value is None:
        return UNJUDGED
    if math.isnan(value):
        return NAN
    return INF if math.isinf(value) else judge(value)


def _nowhere(count: int) -> Sequence[int]:
    return ()


def _from_output(count: int) -> Sequence[int]:
    """From the last hidden layer on."""
    return [*range(max(0, count - 2), count), *range(count - 3, -1, -1)]


def _from_last(count: int) -> Sequence[int]:
    """From the last time step on."""
    return range(count - 1, -1, -1)


def _from_input(count: int) -> Sequence[int]:
    """From the first hidden layer on."""
    return range(count)


def _unjudged(quantity: str, values: Values, compared: float | None) -> Callable[[float], Verdict]:
    return lambda value: UNJUDGED


def _relative(quantity: str, values: Values, compared: float | None) -> Callable[[float], Verdict]:
    if compared is None:
        return lambda value: ZERO
    level = math.log10(compared)
    return lambda value: _placed(_log10(value) - level, VANISHED_RATIO, EXPLODED_RATIO, "exploded")


def _update(quantity: str, values: Values, compared: float | None) -> Callable[[float], Verdict]:
    return (lambda value: _placed(_log10(value), VANISHED_UPDATE, LONG_UPDATE, "long")) if any(values) else (lambda value: ZERO)


def _share(quantity: str, values: Values, compared: float | None) -> Callable[[float], Verdict]:
    return lambda value: Verdict("many", Meaning.VANISHING, value) if value >= MANY_UNITS[quantity] else OK


def _placed(decades: float, least: float, most: float, beyond: str) -> Verdict:
    low, high = math.log10(least), math.log10(most)
    if decades < low:
        return Verdict("vanished", Meaning.VANISHING, low - decades)
    return Verdict(beyond, Meaning.EXPLODING, decades - high) if decades > high else OK


def _log10(value: float) -> float:
    return math.log10(value) if value > 0 else -math.inf


_NEAREST: dict[str, Callable[[int], Sequence[int]]] = {
    "activation_gradient": _from_output,
    "activation_gradient_rms": _from_output,
    "weight_gradient": _from_output,
    "gradient_over_time": _from_last,
    "activation_std": _from_input,
}
_JUDGES: dict[str, Callable[[str, Values, float | None], Callable[[float], Verdict]]] = {
    **dict.fromkeys(_NEAREST, _relative),
    "update_ratio": _update,
    "dead": _share,
    "saturated": _share,
}
