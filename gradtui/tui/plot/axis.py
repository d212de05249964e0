"""Axes: ranges that change rarely, round ticks, and labels that do not overlap."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gradtui.core.text import grouped

MOST_LABELS = 6
LEAST, GREATEST = 1e-45, 1e38
"""What float32 can tell from zero and from infinity; a logarithmic axis shows no more."""

MARGIN = 5
"""Columns at least for what stands left of a plot over steps, so that plots above each other share their steps."""

_PARTS = (math.log10(2), math.log10(5))


@dataclass(frozen=True)
class Axis:
    """A range of numbers. On a logarithmic axis `low` and `high` are exponents of ten: -3 and 0 for 0.001 to 1."""

    low: float
    high: float
    logarithmic: bool = False

    def place(self, value: float) -> float:
        """Where a value stands, from 0 to 1; beyond the ends it stands at the end. Not for NaN."""
        if self.logarithmic:
            value = math.log10(value) if value > 0 else -math.inf
        return min(1.0, max(0.0, (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)))


@dataclass(frozen=True)
class Tick:
    """A label and where it belongs, from 0 to 1."""

    place: float
    label: str


def page(step: int, steps: int) -> int:
    """The last step of the page that a run of so many steps has reached: 10, 20, 50, 100, ..., so the axis about doubles when it
    changes; the last page ends where the run does.
    """
    size = 10
    while size < step:
        size = size * 5 // 2 if str(size).startswith("2") else size * 2
    return min(size, max(step, steps))


def linear(low: float, high: float) -> Axis:
    """A range of few round steps around two finite numbers, from zero where they are not far from it compared with each other.

    Numbers that float32 cannot tell from zero are zero: below them floats are too coarse for steps between two.
    """
    low, high = (max(-GREATEST, min(GREATEST, value)) if abs(value) >= LEAST else 0.0 for value in (low, high))
    if 0 <= low <= high / 2:
        low = 0.0
    span = max(high - low, 0.02 * max(abs(low), abs(high))) or 1.0
    unit = _rounder(span / 3)
    first, last = math.floor(low / unit + 1e-9), math.ceil(high / unit - 1e-9)
    return Axis(first * unit, max(last, first + 1) * unit)


def logarithmic(low: float, high: float) -> Axis:
    """A range around two positive numbers that ends at whole decades, or where it is short at 1, 2 or 5 times one."""
    low, high = (min(max(value, LEAST), GREATEST) for value in (low, high))
    if high > 50 * low:
        return decades(low, high)
    first, last = -_log_rounder(-math.log10(low)), _log_rounder(math.log10(high))
    return Axis(first, last if last > first + 1e-6 else _log_rounder(first + 0.01), logarithmic=True)


def decades(low: float, high: float, every: int = 1) -> Axis:
    """Whole decades around two positive numbers, their ends multiples of `every`."""
    low, high = (min(max(value, LEAST), GREATEST) for value in (low, high))
    first = every * math.floor(math.log10(low) / every)
    last = every * math.ceil(math.log10(high) / every)
    return Axis(first, max(last, first + every), logarithmic=True)


def settled(old: Axis | None, needed: Axis) -> Axis:
    """The old range, made larger where that is needed; only what is needed once that fills less than a third of it."""
    if old is None or old.logarithmic != needed.logarithmic:
        return needed
    both = Axis(min(old.low, needed.low), max(old.high, needed.high), old.logarithmic)
    return both if 3 * (needed.high - needed.low) > both.high - both.low else needed


def ticks(axis: Axis, most: int = MOST_LABELS) -> tuple[Tick, ...]:
    """At most so many labels, from low to high: decades on a logarithmic axis, with 2 and 5 where it is short; 1-2-5 steps else."""
    most = max(1, min(MOST_LABELS, most))
    span = axis.high - axis.low
    if axis.logarithmic:
        return tuple(Tick((power - axis.low) / span, _power_label(power, axis)) for power in _powers(axis, most))
    step = _rounder(span / max(1, most - 1) * 0.999999)
    while len(values := _multiples(axis, step)) > most:
        step = _rounder(step * 1.01)
    return tuple(Tick((value * step - axis.low) / span, _label(value * step, step)) for value in values)


def fitting(axis: Axis, width: int, room: Callable[[Sequence[Tick]], bool]) -> tuple[Tick, ...]:
    """The most ticks for which there is room; none where there is room for none."""
    return next((found for most in range(min(MOST_LABELS, width), 0, -1) if room(found := ticks(axis, most))), ())


def spans(found: Iterable[Tick], width: int) -> list[tuple[int, int]]:
    """Start and end column of each label on a line of `width` columns: centred on its place, pushed inside at the ends."""
    columns = []
    for tick in found:
        size = len(tick.label)
        start = max(0, min(width - size, round(tick.place * (width - 1)) - size // 2))
        columns.append((start, start + size))
    return columns


def across(axis: Axis, width: int) -> tuple[Tick, ...]:
    """The ticks whose labels stand side by side on a line of `width` columns with blanks between them."""

    def apart(found: Sequence[Tick]) -> bool:
        columns = spans(found, width)
        inside = all(end <= width for _, end in columns)
        return inside and all(before[1] + 1 < after[0] for before, after in pairwise(columns))

    return fitting(axis, width, apart)


def upward(axis: Axis, height: int) -> tuple[Tick, ...]:
    """The ticks for a column of `height` rows, with at least a blank row between two labels where there is more than one."""

    def apart(found: Sequence[Tick]) -> bool:
        rows = [round(tick.place * (height - 1)) for tick in found]
        return all(above - below > 1 for below, above in pairwise(rows))

    return fitting(axis, height, apart)


def _rounder(value: float) -> float:
    """The next number of 1, 2 and 5 times a power of ten that is not smaller than a positive one."""
    exponent = math.floor(math.log10(value))
    return next(factor * _power(exponent) for factor in (1, 2, 5, 10) if factor * _power(exponent) >= value * (1 - 1e-12))


def _log_rounder(power: float) -> float:
    """The exponent of the next number of 1, 2 and 5 times a power of ten; of 1, 1/2 and 1/5 times one where it is turned round."""
    whole = math.floor(power)
    return next(whole + part for part in (0.0, *_PARTS, 1.0) if whole + part >= power - 1e-9)


def _power(exponent: int) -> float:
    return float(f"1e{exponent}")


def _multiples(axis: Axis, step: float) -> range:
    return range(math.ceil(axis.low / step - 1e-9), math.floor(axis.high / step + 1e-9) + 1)


def _powers(axis: Axis, most: int) -> list[float]:
    """Exponents for labels: of 1, 2 and 5 times each power of ten where those are few enough, else of round decades."""
    low, high = math.floor(axis.low), math.ceil(axis.high)
    fine = [at + part for at in range(low, high + 1) for part in (0.0, *_PARTS) if axis.low - 1e-9 <= at + part <= axis.high + 1e-9]
    if len(fine) <= most:
        return fine
    for every in (1, 2, 3, 5, 10, 20, 50, 100):
        whole = [float(at) for at in range(every * math.ceil(axis.low / every - 1e-9), math.floor(axis.high + 1e-9) + 1, every)]
        if len(whole) <= most:
            return whole or fine[:1]
    return []


def _power_label(power: float, axis: Axis) -> str:
    exponent = math.floor(power + 1e-9)
    factor = round(10 ** (power - exponent))
    if axis.low >= -3 and axis.high <= 4:
        return f"{factor * _power(exponent):g}"
    return f"{factor}e{exponent}" if exponent else str(factor)


def _label(value: float, step: float) -> str:
    """A tick's number with as many digits as tell it from the next one."""
    if value == 0 or abs(value) < step / 1e6:
        return "0"
    size, resolution = math.floor(math.log10(abs(value)) + 1e-9), math.floor(math.log10(step) + 1e-9)
    if resolution >= 5 or (resolution < -3 and size < -2):
        digits, exponent = f"{value:.{max(0, size - resolution)}e}".split("e")
        return f"{digits.removesuffix('.0')}e{int(exponent)}"
    return f"{value:.{-resolution}f}" if resolution < 0 else grouped(round(value))
