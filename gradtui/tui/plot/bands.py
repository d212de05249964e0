"""Several lines with their bands over one pair of axes, as rows of text. Each line carries its number at its end."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from rich.text import Text

from gradtui.study.picture import Band
from gradtui.tui.plot import glyphs
from gradtui.tui.plot.axis import MARGIN, Axis, linear, logarithmic, upward
from gradtui.tui.plot.canvas import Mark, Rows, draw
from gradtui.tui.plot.lines import AXIS, beside, under

INKS = 8
"""Inks of lines: further ones begin anew, and are told apart by their numbers."""
_WIDE, _TALL = 24, 5
BAND, LOST = ".race--band", ".race--lost"


@dataclass(frozen=True)
class Bands:
    """Lines by entrant over `x`, which ends at `last` where it is steps (None: over a logarithmic axis of rates). `marks` are named
    places on it, drawn as columns.
    """

    lines: tuple[Band, ...]
    last: float | None
    marks: tuple[tuple[str, float], ...] = ()


def ink(entrant: int) -> str:
    """The ink of an entrant's line."""
    return f".race--{entrant % INKS}"


def sign(entrant: int) -> str:
    """The character that stands at the end of an entrant's line, and before its name."""
    return "123456789abcdefghijklmnopqrstuvwxyz"[entrant % 35]


def bands(shown: Bands, width: int, height: int) -> list[Text]:
    """Draw lines, at least 1 x 1; axes where there is room."""
    across, up = _across(shown), _up(shown)
    rows = max(1, height - 2) if height >= _TALL else height
    labels = {round(tick.place * (rows - 1)): tick.label for tick in upward(up, rows)} if width >= _WIDE else {}
    margin = 1 + max(MARGIN, *map(len, labels.values())) if labels else 0
    room = max(1, width - margin - 3) if labels else width
    drawn = draw([mark for line in reversed(shown.lines) for mark in _marks(line, across, up)], room, rows)
    for line in shown.lines:
        _fill(drawn, line, across, up)
        _end(drawn, line, across, up)
        for rate in line.lost:
            drawn[0][round(across.place(rate) * (room - 1))] = glyphs.LOST, LOST
    _write(drawn, shown, across)
    return [*beside(drawn, labels, margin), *(under(across, margin, room) if height >= _TALL else ())]


def _across(shown: Bands) -> Axis:
    if shown.last is not None:
        return Axis(0, max(1.0, shown.last))
    every = [float(x) for line in shown.lines for x in (*line.x, *line.lost)] + [x for _, x in shown.marks]
    low, high = (math.log10(min(every, default=1e-3)), math.log10(max(every, default=1.0)))
    return Axis(low, high if high > low else low + 1, logarithmic=True)


def _up(shown: Bands) -> Axis:
    """The range that shows every median, on a logarithmic axis where all are above zero."""
    values = np.concatenate([line.median for line in shown.lines] or [np.array([1.0])])
    known = values[np.isfinite(values)]
    if not len(known):
        known = np.array([1.0])
    low, high = float(known.min()), float(known.max())
    if low > 0 and high > 1e4 * (middle := float(np.median(known))):
        high = float(known[known <= 1e4 * middle].max())
    return logarithmic(low, high) if low > 0 else linear(low, high)


def _marks(line: Band, across: Axis, up: Axis) -> list[Mark]:
    x = [across.place(value) for value in line.x]
    return [Mark(x, [up.place(value) for value in line.median], "braille", ink(line.entrant), joined=True)] if x else []


def _fill(drawn: Rows, line: Band, across: Axis, up: Axis) -> None:
    """Fill what is empty between the quartiles, where they are more than a cell apart."""
    top, room = len(drawn) - 1, len(drawn[0])
    if len(line.x) < 2:
        return
    places = np.array([across.place(value) for value in line.x]) * (room - 1)
    low, high = (np.array([up.place(value) for value in values]) for values in (line.low, line.high))
    for column in range(math.ceil(places[0]), math.floor(places[-1]) + 1):
        below, above = (float(np.interp(column, places, values)) * top for values in (low, high))
        for row in range(top - round(above), top - round(below) + 1) if above - below > 1 else ():
            if not drawn[row][column][1]:
                drawn[row][column] = glyphs.BAND, BAND


def _end(drawn: Rows, line: Band, across: Axis, up: Axis) -> None:
    """Write the line's number over its end, or beside it where another stands there."""
    if not len(line.x):
        return
    row = len(drawn) - 1 - round(up.place(float(line.median[-1])) * (len(drawn) - 1))
    column = round(across.place(float(line.x[-1])) * (len(drawn[0]) - 1))
    taken = set("123456789abcdefghijklmnopqrstuvwxyz")
    while column > 0 and drawn[row][column][0] in taken:
        column -= 1
    drawn[row][column] = sign(line.entrant), ink(line.entrant)


def _write(drawn: Rows, shown: Bands, across: Axis) -> None:
    """Draw named places as columns, each with its name at the top where there is room."""
    room = len(drawn[0])
    for height, (name, x) in enumerate(shown.marks):
        column = round(across.place(x) * (room - 1))
        for row in drawn:
            if not row[column][1]:
                row[column] = glyphs.CHANGE, AXIS
        row = drawn[min(1 + height, len(drawn) - 1)]
        start = column + 1 if column + 1 + len(name) <= room else column - len(name)
        if start >= 0:
            row[start : start + len(name)] = [(character, AXIS) for character in name]
