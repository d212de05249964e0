"""What `[` and `]` make of a value, the next one that a person would pick, and `{` and `}`, one far away."""

from __future__ import annotations

import math
from typing import Any

from gradtui.catalog.entry import Parameter

_ROUND = (1, 2, 5)
"""The round numbers of a decade."""
_CLOSE = 1e-6
"""Share by which a number may miss the round one that it stands for."""
_FAR = 10
"""How many steps, or times as much, is far."""
_SMALLEST = 1e-4
"""Where a logarithmic number goes from zero."""


def nudged(parameter: Parameter, value: Any, direction: int) -> Any:
    """The neighbour of a value, -1 down or +1 up; the value itself where there is none.

    Choices go to the one before or after, whole numbers by one, or to the double or half where they divide another one,
    logarithmic numbers to the next of 1, 2, 5, 10, others by a hundredth where they end at one and a tenth elsewhere.
    """
    if parameter.type is bool:
        return not value
    if parameter.type is str:
        at = parameter.names.index(value) + direction
        return parameter.names[min(max(at, 0), len(parameter.names) - 1)]
    if parameter.divides:
        return _inside(parameter, value * 2 if direction > 0 else value // 2, value)
    if parameter.type is int:
        return _inside(parameter, value + direction, value)
    if parameter.type is float:
        return _inside(parameter, _next(parameter, value, direction), value)
    return value


def leapt(parameter: Parameter, value: Any, direction: int) -> Any:
    """A value far below (-1) or above (+1): a decade away where it is logarithmic, ten steps where it is another number; a choice
    has only neighbours. The value itself where there is none.
    """
    if parameter.type is float and parameter.scale == "log" and value > 0:
        return _inside(parameter, float(f"{value * _FAR**direction:.3g}"), value)
    if parameter.type in (int, float) and not parameter.divides:
        for _ in range(_FAR):
            value = nudged(parameter, value, direction)
        return value
    return nudged(parameter, value, direction)


def _next(parameter: Parameter, value: float, direction: int) -> float:
    if parameter.scale == "log" and value > 0:
        decade = math.floor(math.log10(value))
        rounds = [float(f"{mantissa}e{power}") for power in range(decade - 1, decade + 2) for mantissa in _ROUND]
        if direction > 0:
            return next(number for number in rounds if number > value * (1 + _CLOSE))
        return next(number for number in reversed(rounds) if number < value * (1 - _CLOSE))
    if parameter.scale == "log":
        return _SMALLEST if direction > 0 else value
    upper = parameter.below if parameter.maximum is None else parameter.maximum
    unit = 0.01 if upper is not None and upper <= 1 else 0.1
    return round((round(value / unit) + direction) * unit, 6)


def _inside(parameter: Parameter, wanted: Any, value: Any) -> Any:
    below_floor = (parameter.minimum is not None and wanted < parameter.minimum) or (
        parameter.above is not None and wanted <= parameter.above
    )
    above_roof = (parameter.maximum is not None and wanted > parameter.maximum) or (
        parameter.below is not None and wanted >= parameter.below
    )
    return value if below_floor or above_roof else wanted
