"""Numbers over depth or time, and how the first compares with the last."""

from __future__ import annotations

import math
from collections.abc import Sequence

from gradtui.core.measured.frame import Frame


def hidden(frame: Frame | None, quantity: str) -> tuple[float | None, ...]:
    """A quantity by hidden layer from the input on; empty where it was not measured."""
    return frame.layers.get(quantity, ())[:-1] if frame else ()


def quotient(above: float, below: float) -> float:
    """Above / below as IEEE 754 has it: infinite over zero, NaN for 0/0."""
    if below == 0:
        return math.nan if above == 0 or math.isnan(above) else math.copysign(math.inf, above)
    return above / below


def first_over_last(values: Sequence[float]) -> float:
    """The first number by the last one: below 1 what travels from the last to the first vanishes, above 1 it explodes."""
    return quotient(values[0], values[-1])
