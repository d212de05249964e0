"""Curves over steps with their axes, as rows of text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rich.text import Text

from gradtui.tui.plot.axis import Axis, across, page, spans, upward
from gradtui.tui.plot.canvas import Mark, Rows, at, draw, text
from gradtui.tui.plot.curve import Columns, Curve, columns, value_axis
from gradtui.tui.plot.glyphs import Glyphs

TRAIN, VALIDATION, BAND, CHANGE, LOST, AXIS = (
    ".loss--train",
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


def lines(train: Curve, validation: Curve, changes: Changes, log: bool, width: int, height: int, glyphs: Glyphs) -> list[Text]:
    """Draw the training loss as a line within the band of its extremes, the validation loss as single marks, and what was
    changed at which step. At least 1 x 1; axes where there is room.
    """
    steps = page(max(train.last_step, validation.last_step))
    axis = value_axis((train, validation), log)
    rows = max(1, height - 2) if height >= _TALL else height
    labels = {round(tick.place * (rows - 1)): tick.label for tick in upward(axis, rows)} if width >= _WIDE else {}
    margin = 1 + max(map(len, labels.values())) if labels else 0
    room = max(1, width - margin - 3) if labels else width
    marks = [
        *_changes(changes, steps, room, rows, glyphs),
        *_band(columns(train, steps, axis, room), room, rows, glyphs),
        *_line(columns(train, steps, axis, room), room, glyphs),
        *_points(columns(validation, steps, axis, room), room, glyphs),
        *_lost((columns(train, steps, axis, room), columns(validation, steps, axis, room)), room, glyphs),
    ]
    drawn = draw(marks, room, rows)
    _write(drawn, changes, steps, room)
    return [*_beside(drawn, labels, margin, glyphs), *(_under(Axis(0, steps), margin, room, glyphs) if height >= _TALL else ())]


def _line(reduced: Columns, room: int, glyphs: Glyphs) -> list[Mark]:
    known = np.isfinite(reduced.mean)
    x, y = reduced.column[known] / max(1, room - 1), reduced.mean[known]
    return [Mark(x.tolist(), y.tolist(), glyphs.dots, TRAIN, joined=True)]


def _band(reduced: Columns, room: int, rows: int, glyphs: Glyphs) -> list[Mark]:
    """Cells between the extremes of each column, where these are more than a cell apart."""
    x: list[float] = []
    y: list[float] = []
    for column, low, high in zip(reduced.column.tolist(), reduced.low.tolist(), reduced.high.tolist(), strict=True):
        if (high - low) * (rows - 1) > 1:
            covered = range(round(low * (rows - 1)), round(high * (rows - 1)) + 1)
            x += [at(column, room)] * len(covered)
            y += [at(row, rows) for row in covered]
    return [Mark(x, y, glyphs.band, BAND)]


def _points(reduced: Columns, room: int, glyphs: Glyphs) -> list[Mark]:
    known = np.isfinite(reduced.mean)
    column, place = reduced.column[known], reduced.mean[known]
    shown = np.flatnonzero(np.diff(column // _EVERY, prepend=-1))
    x, y = column[shown] / max(1, room - 1), place[shown]
    return [Mark(x.tolist(), y.tolist(), glyphs.validation, VALIDATION)]


def _lost(curves: Sequence[Columns], room: int, glyphs: Glyphs) -> list[Mark]:
    x = [at(column, room) for reduced in curves for column in reduced.column[reduced.lost].tolist()]
    return [Mark(x, [1.0] * len(x), glyphs.lost, LOST)]


def _changes(changes: Changes, steps: int, room: int, rows: int, glyphs: Glyphs) -> list[Mark]:
    x = [at(column, room) for column in sorted({_column(step, steps, room) for step, _ in changes})]
    y = [at(row, rows) for row in range(rows)]
    return [Mark([place] * rows, y, glyphs.change, CHANGE) for place in x]


def _column(step: int, steps: int, room: int) -> int:
    return round(min(step, steps) / steps * (room - 1))


def _write(drawn: Rows, changes: Changes, steps: int, room: int) -> None:
    """Write what was changed beside its mark, the newest first, where the upper rows are still empty; else leave it out."""
    for step, label in reversed(changes):
        column = _column(step, steps, room)
        for start in (column + 1, column - len(label) - 1):
            free = (
                row
                for row in drawn[:_LABEL_ROWS]
                if start >= 0 and start + len(label) < room and all(ink == "" for _, ink in row[start : start + len(label) + 1])
            )
            if (row := next(free, None)) is not None:
                row[start : start + len(label)] = [(character, CHANGE) for character in label]
                break


def _beside(drawn: Rows, labels: dict[int, str], margin: int, glyphs: Glyphs) -> list[Text]:
    """The rows with the axis of values in front of them."""
    shown = []
    for row, cells in enumerate(drawn):
        line = Text()
        if margin:
            label = labels.get(len(drawn) - 1 - row)
            line.append(f"{label or '':>{margin}} {glyphs.tick_left if label else glyphs.vertical}", AXIS)
        shown.append(line.append_text(text(cells)))
    return shown


def _under(axis: Axis, margin: int, room: int, glyphs: Glyphs) -> list[Text]:
    """The axis of steps: a line with ticks, and their labels."""
    ticks = across(axis, room)
    line, words = list(glyphs.horizontal * room), " " * room
    for tick, (start, end) in zip(ticks, spans(ticks, room), strict=True):
        line[round(tick.place * (room - 1))] = glyphs.tick_below
        words = words[:start] + tick.label + words[end:]
    before = " " * (margin + 1) if margin else ""
    return [
        Text(before + (glyphs.corner if margin else "") + "".join(line), AXIS),
        Text(before + (" " if margin else "") + words, AXIS),
    ]
