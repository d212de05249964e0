"""Horizontal bars, one a row, finer than a cell, with marks where theory expected their ends and where they were before."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gradtui.tui.plot import glyphs
from gradtui.tui.plot.axis import LEAST, Axis, across, spans
from gradtui.tui.plot.canvas import Mark, Rows, at, draw

Spot = tuple[int, str, str]
"""A column, the character there, and its ink."""


@dataclass(frozen=True)
class Bar:
    """A bar's value, None for none, and its ink; what theory expected and what another run had, None for nothing to mark, and the
    ink of both marks.
    """

    value: float | None
    ink: str
    expected: float | None = None
    mark_ink: str = ""
    before: float | None = None


def bars(rows: Sequence[Bar], axis: Axis, width: int) -> Rows:
    """Draw one bar a row, the first on top. On a logarithmic axis they start at its low end, otherwise at zero."""
    spots: defaultdict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for at_row, bar in enumerate(rows):
        chosen = {column: (character, ink) for column, character, ink in _spots(bar, axis, width) if 0 <= column < width}
        for column, key in chosen.items():
            spots[key].append((column, len(rows) - 1 - at_row))
    marks = [
        Mark([at(column, width) for column, _ in cells], [at(row, len(rows)) for _, row in cells], character, ink)
        for (character, ink), cells in spots.items()
    ]
    return draw(marks, width, len(rows))


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
        yield from ((column, character, bar.ink) for column, character in _bar(bar.value, axis, width))
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
    parts = len(glyphs.PARTS_OF_A_BAR) + 1
    whole, part = divmod(round((end - start) * parts), parts)
    yield from ((column, glyphs.BAR) for column in range(start, start + whole))
    if part:
        yield start + whole, glyphs.PARTS_OF_A_BAR[part - 1]
