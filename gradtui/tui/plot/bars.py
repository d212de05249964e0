"""Horizontal bars, one a row, finer than a cell, with marks where theory expected their ends and where they were before."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gradtui.tui.plot import glyphs
from gradtui.tui.plot.axis import LEAST, Axis, across, spans
from gradtui.tui.plot.canvas import Rows

Spot = tuple[int, str, str]
"""A column, the character there, and its ink."""


@dataclass(frozen=True)
class Bar:
    """A bar's value, None for none, and its ink; what theory expected and what another run had, None for nothing to mark, and the
    ink of both marks. A bar with a `low` stands for many values: it runs from the smallest of them to the largest, `value`.
    """

    value: float | None
    ink: str
    expected: float | None = None
    mark_ink: str = ""
    before: float | None = None
    low: float | None = None


def bars(rows: Sequence[Bar], axis: Axis, width: int) -> Rows:
    """Draw one bar a row, the first on top. On a logarithmic axis they start at its low end, otherwise at zero."""
    drawn: Rows = [[(" ", "")] * width for _ in rows]
    for row, bar in zip(drawn, rows, strict=True):
        for column, character, ink in _spots(bar, axis, width):
            if 0 <= column < width:
                row[column] = character, ink
    return drawn


def scale(axis: Axis, width: int) -> str:
    """The line of labels above the bars."""
    line = " " * width
    labels = across(axis, width)
    for tick, (start, end) in zip(labels, spans(labels, width), strict=True):
        line = line[:start] + tick.label + line[end:]
    return line


def _spots(bar: Bar, axis: Axis, width: int) -> Iterator[Spot]:
    """The cells of one bar; a later one covers an earlier one in the same column."""
    if bar.value is not None and not math.isfinite(bar.value):
        yield from ((column, glyphs.NOT_A_NUMBER, bar.ink) for column in range(width))
    elif bar.value is not None:
        cells = _bar(bar.value, axis, width) if bar.low is None else _span(bar.low, bar.value, axis, width)
        yield from ((column, character, bar.ink) for column, character in cells)
    for marked, glyph in ((bar.expected, glyphs.THEORY), (bar.before, glyphs.BEFORE)):
        if marked is not None and math.isfinite(marked) and (not axis.logarithmic or marked >= LEAST):
            yield min(width - 1, int(axis.place(marked) * width)), glyph, bar.mark_ink


def _bar(value: float, axis: Axis, width: int) -> Iterator[tuple[int, str]]:
    start = 0 if axis.logarithmic else round(axis.place(0) * width)
    end = axis.place(value) * width
    if end < start:
        first = math.floor(end + 0.25)
        yield from ((column, glyphs.BAR) for column in range(first, start))
        if 0.25 <= end - math.floor(end) < 0.75:
            yield math.floor(end), glyphs.HALF_A_NEGATIVE_BAR
        return
    yield from _filled(start, end)


def _span(low: float, high: float, axis: Axis, width: int) -> Iterator[tuple[int, str]]:
    """From one value to another: the first cell whole, half or empty, the last one to an eighth; nothing where a single bar would
    have no length either.
    """
    begin, end = axis.place(low) * width, axis.place(high) * width
    if axis.logarithmic and end == 0:
        return
    first = min(width - 1, math.floor(begin))
    if end - begin < 1 / 2:
        yield first, glyphs.PARTS_OF_A_BAR[len(glyphs.PARTS_OF_A_BAR) // 2]
        return
    start = first if begin - first < 1 / 4 else first + 1
    yield from _filled(start, end)
    if 1 / 4 <= begin - first < 3 / 4:
        yield first, glyphs.HALF_A_NEGATIVE_BAR


def _filled(start: int, end: float) -> Iterator[tuple[int, str]]:
    """From the left side of a cell to the nearest eighth of one."""
    parts = len(glyphs.PARTS_OF_A_BAR) + 1
    whole, part = divmod(max(0, round((end - start) * parts)), parts)
    yield from ((column, glyphs.BAR) for column in range(start, start + whole))
    if part:
        yield start + whole, glyphs.PARTS_OF_A_BAR[part - 1]
