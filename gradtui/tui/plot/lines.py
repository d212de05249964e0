"""Curves over steps with their axes, as rows of text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rich.text import Text

from gradtui.core.text import number
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
_FINE, _DASH = 2, 4
"""Dots in a cell, and in a dash and in the gap after it."""
_LABEL_ROWS = 3
_NEAR, _ROUNDING = 8, 1e-9

Changes = Sequence[tuple[int, str]]


@dataclass(frozen=True)
class Losses:
    """What is drawn over the `steps` of a run: the training loss as a line within the band of its extremes, the validation loss as
    a dashed line, the training loss of another run, `named` so, as a dotted one, and what was changed at which step.
    """

    train: Curve
    validation: Curve
    steps: int
    changes: Changes = ()
    before: Curve | None = None
    named: str = ""

    @property
    def curves(self) -> tuple[Curve, ...]:
        """All that share the axes."""
        return (self.train, self.validation, *((self.before,) if self.before is not None else ()))

    @property
    def page(self) -> int:
        """The last step of the axis."""
        return page(max(curve.last_step for curve in self.curves), self.steps)


def lines(losses: Losses, log: bool, width: int, height: int, margin: int = MARGIN) -> list[Text]:
    """Draw losses on a logarithmic or a linear axis, with at least `margin` columns for its labels. At least 1 x 1; axes where
    there is room.
    """
    steps, axis = losses.page, value_axis(losses.curves, log)
    rows = max(1, height - 2) if height >= _TALL else height
    labels = {round(tick.place * (rows - 1)): tick.label for tick in upward(axis, rows)} if width >= _WIDE else {}
    margin = 1 + max(margin, *map(len, labels.values())) if labels else 0
    room = max(1, width - margin - 3) if labels else width
    older = [_dotted(columns(losses.before, steps, axis, room), room)] if losses.before is not None else []
    fine = [columns(curve, steps, axis, _FINE * room) for curve in (losses.train, losses.validation)]
    drawn = draw([*older, _line(fine[0], _FINE * room), _dashed(fine[1], _FINE * room)], room, rows)
    reduced = columns(losses.train, steps, axis, room)
    for column in (*reduced.lost.tolist(), *(fine[1].lost // _FINE).tolist()):
        drawn[0][column] = glyphs.LOST, LOST
    _write(drawn, losses.changes, steps)
    _write_first(drawn, losses.train, axis)
    _fill_band(drawn, reduced)
    return [*beside(drawn, labels, margin), *(under(Axis(0, steps), margin, room) if height >= _TALL else ())]


def _line(reduced: Columns, room: int) -> Mark:
    known = np.isfinite(reduced.mean)
    x, y = reduced.column[known] / max(1, room - 1), reduced.mean[known]
    return Mark(x.tolist(), y.tolist(), "braille", TRAIN, joined=True)


def _dotted(reduced: Columns, room: int) -> Mark:
    known = np.isfinite(reduced.mean)
    x, y = reduced.column[known] / max(1, room - 1), reduced.mean[known]
    return Mark(x.tolist(), y.tolist(), glyphs.DOT, BEFORE)


def _dashed(reduced: Columns, room: int) -> Mark:
    """Dashes of the lines between the points, in places that hold still while points are added."""
    known = np.isfinite(reduced.mean)
    column, place = reduced.column[known], reduced.mean[known]
    if not len(column):
        return Mark([], [], "braille", VALIDATION)
    every = np.arange(column[0], column[-1] + 1)
    dashes = every[every // _DASH % 2 == column[0] // _DASH % 2]
    return Mark((dashes / max(1, room - 1)).tolist(), np.interp(dashes, column, place).tolist(), "braille", VALIDATION)


def _fill_band(drawn: Rows, reduced: Columns) -> None:
    """Fill what is still empty between the extremes, where these are more than a cell apart, of each column and of those since the
    one before: the extremes are those of all steps since then.
    """
    top, next_column = len(drawn) - 1, 0
    for column, low, high in zip(reduced.column.tolist(), reduced.low.tolist(), reduced.high.tolist(), strict=True):
        if (high - low) * top > 1:
            for row in drawn[top - round(high * top) : top - round(low * top) + 1]:
                for at in range(next_column, column + 1):
                    if not row[at][1]:
                        row[at] = glyphs.BAND, BAND
        next_column = column + 1


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


def _write_first(drawn: Rows, train: Curve, axis: Axis) -> None:
    """Write the first loss at the top where it lies above the axis, as far as the row is empty."""
    first = float(train.points[2, 0]) if len(train) else math.nan
    top = 10**axis.high if axis.logarithmic else axis.high
    if not first > top * (1 + _ROUNDING):
        return
    label = f"{glyphs.ABOVE} {number(first)} at first"
    for start in range(1, _NEAR):
        there = drawn[0][start : start + len(label) + 1]
        if len(there) > len(label) and not any(ink for _, ink in there):
            drawn[0][start : start + len(label)] = [(character, CHANGE) for character in label]
            break


def beside(drawn: Rows, labels: dict[int, str], margin: int) -> list[Text]:
    """The rows with the axis of values in front of them."""
    shown = []
    for row, cells in enumerate(drawn):
        line = Text()
        if margin:
            label = labels.get(len(drawn) - 1 - row)
            line.append(f"{label or '':>{margin}} {'┤' if label else '│'}", AXIS)
        shown.append(line.append_text(text(cells)))
    return shown


def under(axis: Axis, margin: int, room: int) -> list[Text]:
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
