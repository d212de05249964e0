"""Curves over steps with their axes, as rows of text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rich.text import Text

from gradtui.tui.plot import glyphs
from gradtui.tui.plot.axis import MARGIN, Axis, across, page, spans, upward
from gradtui.tui.plot.canvas import Mark, Rows, draw, text
from gradtui.tui.plot.curve import Columns, Curve, columns, value_axis

TRAIN, BEFORE, VALIDATION, BAND, CHANGE, LOST, AXIS = (
    ".loss--train",
    ".loss--before",
    ".loss--validation",
    ".loss--band",
    ".loss--change",
    ".loss--lost",
    ".loss--axis",
)
_WIDE, _TALL = 24, 5
_EVERY = 2
_LABEL_ROWS = 3

Changes = Sequence[tuple[int, str]]


def lines(
    train: Curve, validation: Curve, changes: Changes, log: bool, width: int, height: int, before: Curve | None = None
) -> list[Text]:
    """Draw the training loss as a line within the band of its extremes, the validation loss as single marks, the training loss
    before a fix as a dotted line, and what was changed at which step. At least 1 x 1; axes where there is room.
    """
    curves = (train, validation, before) if before is not None else (train, validation)
    steps = page(max(curve.last_step for curve in curves))
    axis = value_axis(curves, log)
    rows = max(1, height - 2) if height >= _TALL else height
    labels = {round(tick.place * (rows - 1)): tick.label for tick in upward(axis, rows)} if width >= _WIDE else {}
    margin = 1 + max(MARGIN, *map(len, labels.values())) if labels else 0
    room = max(1, width - margin - 3) if labels else width
    reduced, validated = (columns(curve, steps, axis, room) for curve in (train, validation))
    older = [_dots(columns(before, steps, axis, room), room)] if before is not None else []
    drawn = draw([*older, _line(reduced, room), _points(validated, room)], room, rows)
    for column in (*reduced.lost.tolist(), *validated.lost.tolist()):
        drawn[0][column] = glyphs.LOST, LOST
    _write(drawn, changes, steps)
    _fill_band(drawn, reduced)
    return [*_beside(drawn, labels, margin), *(_under(Axis(0, steps), margin, room) if height >= _TALL else ())]


def _line(reduced: Columns, room: int) -> Mark:
    known = np.isfinite(reduced.mean)
    x, y = reduced.column[known] / max(1, room - 1), reduced.mean[known]
    return Mark(x.tolist(), y.tolist(), "braille", TRAIN, joined=True)


def _dots(reduced: Columns, room: int) -> Mark:
    known = np.isfinite(reduced.mean)
    x, y = reduced.column[known] / max(1, room - 1), reduced.mean[known]
    return Mark(x.tolist(), y.tolist(), glyphs.DOT, BEFORE)


def _points(reduced: Columns, room: int) -> Mark:
    known = np.isfinite(reduced.mean)
    column, place = reduced.column[known], reduced.mean[known]
    shown = np.flatnonzero(np.diff(column // _EVERY, prepend=-1))
    x, y = column[shown] / max(1, room - 1), place[shown]
    return Mark(x.tolist(), y.tolist(), glyphs.POINT, VALIDATION)


def _fill_band(drawn: Rows, reduced: Columns) -> None:
    """Fill what is still empty between the extremes of each column, where these are more than a cell apart."""
    top = len(drawn) - 1
    for column, low, high in zip(reduced.column.tolist(), reduced.low.tolist(), reduced.high.tolist(), strict=True):
        if (high - low) * top > 1:
            for row in drawn[top - round(high * top) : top - round(low * top) + 1]:
                if not row[column][1]:
                    row[column] = glyphs.BAND, BAND


def _write(drawn: Rows, changes: Changes, steps: int) -> None:
    """Draw a line where something was changed, and beside it what, the newest first, as far as the upper rows are empty."""
    room = len(drawn[0])
    places = [(round(step / steps * (room - 1)), label) for step, label in changes if step <= steps]
    for row in drawn:
        for column, _ in places:
            if not row[column][1]:
                row[column] = glyphs.CHANGE, CHANGE
    for column, label in reversed(places):
        size = len(label)
        spots = ((row, start) for start in (column + 1, column - size - 1) for row in drawn[:_LABEL_ROWS])
        for row, start in spots:
            room_there = row[start : start + size + 1] if start >= 0 else []
            if len(room_there) == size + 1 and not any(ink for _, ink in room_there):
                start += start < column
                row[start : start + size] = [(character, CHANGE) for character in label]
                break


def _beside(drawn: Rows, labels: dict[int, str], margin: int) -> list[Text]:
    """The rows with the axis of values in front of them."""
    shown = []
    for row, cells in enumerate(drawn):
        line = Text()
        if margin:
            label = labels.get(len(drawn) - 1 - row)
            line.append(f"{label or '':>{margin}} {'┤' if label else '│'}", AXIS)
        shown.append(line.append_text(text(cells)))
    return shown


def _under(axis: Axis, margin: int, room: int) -> list[Text]:
    """The axis of steps: a line with ticks, and their labels."""
    ticks = across(axis, room)
    line, words = list("─" * room), " " * room
    for tick, (start, end) in zip(ticks, spans(ticks, room), strict=True):
        line[round(tick.place * (room - 1))] = "┬"
        words = words[:start] + tick.label + words[end:]
    before = " " * (margin + 1) if margin else ""
    return [
        Text(before + ("└" if margin else "") + "".join(line), AXIS),
        Text(before + (" " if margin else "") + words, AXIS),
    ]
