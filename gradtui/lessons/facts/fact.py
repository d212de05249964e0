"""A fact: a number of a run that a page can name."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from gradtui.core.measured.run import Run
from gradtui.core.text import number


@dataclass(frozen=True)
class Fact:
    """`value` is the fact in words for a run, None where the run lacks it; `lacking` the sentence that then stands in its place."""

    value: Callable[[Run], str | None]
    lacking: str


def told(value: float | None) -> str | None:
    """A number as pages show it; None for none and for NaN."""
    return None if value is None or math.isnan(value) else number(value)


def ratio(above: float | None, below: float | None) -> float | None:
    """One number divided by another; None where that is none."""
    if above is None or below is None or not below or not math.isfinite(below):
        return None
    return above / below
