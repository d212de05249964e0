"""What `[` and `]` make of a value: the next smaller or larger one that a person would pick."""

from __future__ import annotations

import math
from typing import Any

from gradtui.catalog.entry import Parameter

_PER_DECADE = 10
_ROUNDING = 0.02
"""How far, in tenths of a decade, three digits may lie from the tenth that they stand for."""
_SMALLEST = 1e-4
"""Where a logarithmic number goes from zero."""


def nudged(parameter: Parameter, value: Any, direction: int) -> Any:
    """The neighbour of a value, -1 down or +1 up; the value itself where there is none.

    Choices go to the one before or after, whole numbers by one, or to the double or half where they divide another one,
    logarithmic numbers by a tenth of a decade, others by a hundredth where they end at one and a tenth elsewhere.
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


def _next(parameter: Parameter, value: float, direction: int) -> float:
    if parameter.scale == "log" and value > 0:
        at = math.log10(value) * _PER_DECADE
        place = math.floor(at + _ROUNDING) + 1 if direction > 0 else math.ceil(at - _ROUNDING) - 1
        return float(f"{10 ** (place / _PER_DECADE):.2e}")
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
