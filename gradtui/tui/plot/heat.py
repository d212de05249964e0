"""Heat maps: profiles of all layers over steps, one a column, with a glyph for how much and a colour for what it means."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gradtui.core.measured.frame import QUANTITIES, SHARES
from gradtui.core.measured.history import LAYER_CAPACITY, Series
from gradtui.core.measured.verdict import Meaning, reference, verdicts
from gradtui.tui.plot import glyphs
from gradtui.tui.plot.axis import Axis, linear
from gradtui.tui.plot.canvas import Rows

Array = NDArray[np.float64]

_MEANINGS = tuple(Meaning)
_STEPS = (1, 2, 3, 5, 10, 20, 30, 50, 100, 200)
_LEVELS = len(glyphs.HEAT)
_KEPT = 2 * LAYER_CAPACITY
"""Judged profiles that are remembered: those that a history holds, and newer ones."""


@dataclass(frozen=True, eq=False)
class Profiles:
    """A number per layer over steps: the last one of each point, NaN where none was measured, and where one was not finite.

    Shapes [points], [points, layers] and [points, layers].
    """

    steps: NDArray[np.int64]
    values: Array
    lost: NDArray[np.bool_]

    @classmethod
    def of(cls, series: Series, measured: Sequence[bool]) -> Profiles:
        """A copy of what a series holds now. `measured` tells for each layer whether its NaN is a number that is not finite."""
        lost = ~(np.isfinite(series.low) & np.isfinite(series.high)) & np.array(measured, dtype=bool)
        return cls(series.steps.copy(), series.last.copy(), lost)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Profiles)
            and np.array_equal(self.steps, other.steps)
            and np.array_equal(self.values, other.values, equal_nan=True)
            and np.array_equal(self.lost, other.lost)
        )

    __hash__ = None  # type: ignore[assignment]

    def __len__(self) -> int:
        return len(self.steps)


@dataclass(frozen=True)
class Heat:
    """What each layer shows in each column, up to the column of the newest point: how much, what that means as an index into
    `Meaning`, how bad it is, and whether a number was not finite. All of shape [columns, layers].

    `amount` is in decades from what the layers are compared with, or from 1 where that is nothing, or the number itself where the
    quantity is linear; NaN for none.
    """

    amount: Array
    meaning: NDArray[np.int64]
    badness: Array
    lost: NDArray[np.bool_]


def heat(profiles: Profiles, quantity: str, last_step: int, count: int) -> Heat:
    """Reduce profiles to `count` columns, the first for step 0, the last for `last_step`. At least one point.

    A column shows its newest point, or the next one: a point stands for all steps since the one before it. A number that was not
    finite shows wherever in the column it was.
    """
    column = np.rint(profiles.steps / last_step * (count - 1)).astype(np.int64)
    every = np.arange(column[-1] + 1)
    first = np.searchsorted(column, every)
    newest = np.maximum(first, np.searchsorted(column, every, side="right") - 1)
    judged = [_judged(quantity, profiles.values[point].tobytes()) for point in newest.tolist()]
    amount, meaning, badness = (np.stack(parts) for parts in zip(*judged, strict=True))
    return Heat(amount, meaning.astype(np.int64), badness, np.logical_or.reduceat(profiles.lost, first))


def needed(heat: Heat, quantity: str) -> Axis:
    """The range of all amounts, in whole decades; shares from 0 to 1, other linear quantities with zero."""
    known = heat.amount[np.isfinite(heat.amount)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 0.0)
    if quantity in SHARES:
        return Axis(0, 1)
    if not QUANTITIES[quantity].logarithmic:
        return linear(min(0.0, low), max(0.0, high))
    return Axis(math.floor(low), max(math.ceil(high), math.floor(low) + 1), logarithmic=True)


def levels(known: Axis) -> Axis:
    """What the glyphs stand for, from the lower end of the lowest to the upper end of the highest: parts of a linear range; round
    numbers of decades, one of them zero, around the middle of their glyphs.
    """
    if not known.logarithmic:
        return known
    for step in _STEPS:
        low, high = round(known.low / step), round(known.high / step)
        if high - low < _LEVELS:
            break
    lowest = (low + high + 1 - _LEVELS) // 2 - 0.5
    return Axis(lowest * step, (lowest + _LEVELS) * step, logarithmic=True)


def rows(heat: Heat, runs: Sequence[range], scale: Axis, inks: Sequence[str]) -> Rows:
    """Draw one run of layers a row, the first on top; of each column the worst layer in it. `scale` comes from `levels`;
    `inks` are for the members of `Meaning` in their order.
    """
    place = (np.clip(heat.amount, scale.low, scale.high) - scale.low) / (scale.high - scale.low)
    blank, lost = _LEVELS, _LEVELS + 1
    with np.errstate(invalid="ignore"):
        level = np.minimum(_LEVELS - 1, (place * _LEVELS).astype(np.int64))
    glyph = np.where(heat.lost, lost, np.where(np.isnan(place), blank, level))
    code = glyph * len(_MEANINGS) + np.where(heat.lost, _MEANINGS.index(Meaning.EXPLODING), heat.meaning)
    worst = np.where(heat.lost, np.inf, np.where(np.isnan(place), -1.0, heat.badness))
    every = np.arange(len(code))
    cells = [(character, ink if character != " " else "") for character in f"{glyphs.HEAT} {glyphs.LOST}" for ink in inks]
    return [[cells[at] for at in code[every, run.start + worst[:, run.start : run.stop].argmax(1)].tolist()] for run in runs]


@lru_cache(_KEPT)
def _judged(quantity: str, profile: bytes) -> tuple[Array, Array, Array]:
    """The amount, the meaning and the badness of each layer, for a profile of floats of 8 bytes."""
    numbers = np.frombuffer(profile)
    values = [None if math.isnan(value) else value for value in numbers.tolist()]
    judged = verdicts(quantity, values)
    amount = np.where(np.isfinite(numbers), numbers, np.nan)
    if QUANTITIES[quantity].logarithmic:
        at = reference(quantity, values)
        with np.errstate(divide="ignore"):
            amount = np.log10(np.maximum(amount, 0.0)) - (0.0 if at is None else math.log10(numbers[at]))
    return (
        amount,
        np.array([_MEANINGS.index(verdict.meaning) for verdict in judged], dtype=np.float64),
        np.array([verdict.badness for verdict in judged]),
    )
