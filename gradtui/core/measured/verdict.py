"""The word for each layer's number: what is vanishing, healthy and exploding in one frame.

A network is judged by its profile, never by its level: a network that has converged has small gradients everywhere and nothing
vanishes in it. So gradients are compared with what the last hidden layer gets, where they come from, and activations with what
the first hidden layer gives. This is a glance at one frame; findings come from the diagnosis.
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

VANISHED_RATIO, SMALL_RATIO = 1e-3, 1e-2
"""Below: vanished (AUTOTRAINER, Zhang et al. 2021: first layer over last), small (a decade before that, ours)."""
LARGE_RATIO, EXPLODED_RATIO = 10.0, 70.0
"""Above: large (a decade, ours), exploded (AUTOTRAINER)."""
VANISHED_UPDATE, SMALL_UPDATE = 1e-8, 1e-6
"""Updates relative to the weights. Below: vanished (SageMaker Debugger), small (NeuroLens)."""
LARGE_UPDATE, EXPLODED_UPDATE = 5e-2, 10.0
"""Above: large (NeuroLens), exploded (SageMaker Debugger)."""
WANTED_UPDATE = 1e-3
"""About what an update should be, relative to the weights (CS231n)."""
MANY_UNITS = 0.5
"""Dead or saturated units from here on are many (SageMaker Debugger)."""

Values = Sequence[float | None]


def verdicts(quantity: str, values: Values) -> tuple[Verdict, ...]:
    """A verdict for every layer, from the layer next to the input to the output layer, or for every time step; None was not
    measured.
    """
    judge = _JUDGES.get(quantity, _unjudged)(values, reference(quantity, values))
    return tuple(_of(value, judge) for value in values)


def reference(quantity: str, values: Values) -> float | None:
    """What the numbers of all layers are compared with: that of the last hidden layer or time step for gradients, of the first
    layer for activations, or of the nearest one that is positive; what is wanted for updates. None where there is nothing to
    compare with.
    """
    if quantity == "update_ratio":
        return WANTED_UPDATE
    nearest = _NEAREST.get(quantity, _nowhere)(values)
    return next((value for value in nearest if value is not None and 0 < value < math.inf), None)


def _of(value: float | None, judge: Callable[[float], Verdict]) -> Verdict:
    if value is None:
        return UNJUDGED
    if math.isnan(value):
        return NAN
    return INF if math.isinf(value) else judge(value)


def _nowhere(values: Values) -> Values:
    return ()


def _from_output(values: Values) -> Values:
    """From the last hidden layer on."""
    return [*values[-2:], *values[-3::-1]]


def _from_last(values: Values) -> Values:
    """From the last time step on."""
    return values[::-1]


def _from_input(values: Values) -> Values:
    """From the first hidden layer on."""
    return values


def _unjudged(values: Values, compared: float | None) -> Callable[[float], Verdict]:
    return lambda value: UNJUDGED


def _relative(values: Values, compared: float | None) -> Callable[[float], Verdict]:
    if compared is None:
        return lambda value: ZERO
    level = math.log10(compared)
    bounds = [math.log10(bound) for bound in (VANISHED_RATIO, SMALL_RATIO, LARGE_RATIO, EXPLODED_RATIO)]
    return lambda value: _placed(_log10(value) - level, bounds)


def _update(values: Values, compared: float | None) -> Callable[[float], Verdict]:
    bounds = [math.log10(bound) for bound in (VANISHED_UPDATE, SMALL_UPDATE, LARGE_UPDATE, EXPLODED_UPDATE)]
    return (lambda value: _placed(_log10(value), bounds)) if any(values) else (lambda value: ZERO)


def _share(values: Values, compared: float | None) -> Callable[[float], Verdict]:
    return lambda value: Verdict("many", Meaning.VANISHING, value) if value >= MANY_UNITS else OK


def _placed(decades: float, bounds: Sequence[float]) -> Verdict:
    vanished, small, large, exploded = bounds
    if decades < small:
        return Verdict("vanished" if decades < vanished else "small", Meaning.VANISHING, small - decades)
    if decades > large:
        return Verdict("exploded" if decades > exploded else "large", Meaning.EXPLODING, decades - large)
    return OK


def _log10(value: float) -> float:
    return math.log10(value) if value > 0 else -math.inf


_NEAREST: dict[str, Callable[[Values], Values]] = {
    "activation_gradient": _from_output,
    "activation_gradient_rms": _from_output,
    "weight_gradient": _from_output,
    "gradient_over_time": _from_last,
    "activation_std": _from_input,
}
_JUDGES: dict[str, Callable[[Values, float | None], Callable[[float], Verdict]]] = {
    **dict.fromkeys(_NEAREST, _relative),
    "update_ratio": _update,
    "dead": _share,
    "saturated": _share,
}
