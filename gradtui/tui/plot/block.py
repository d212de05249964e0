"""A block of bars: one quantity, a row a layer or a run of folded layers, with its number, its ratio and its word."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text

from gradtui.core.measured.frame import DRAWN
from gradtui.core.measured.verdict import Verdict, verdicts
from gradtui.core.text import number
from gradtui.tui.plot import glyphs
from gradtui.tui.plot.axis import Axis
from gradtui.tui.plot.bars import Bar, bars, scale
from gradtui.tui.plot.by_layer import ByLayer
from gradtui.tui.plot.canvas import text

NUMBER, RATIO, WORD = 10, 8, 9
"""Columns of a number, of a ratio and of a word, with the blanks before them."""
NARROW = 8 + NUMBER + WORD
"""Columns for bars that can be told apart with one number and a word."""
_ROOM_FOR_NUMBERS, _ROOM_FOR_RATIOS = 20, 60
QUIET = ".grad--quiet"


@dataclass(frozen=True)
class _Columns:
    """The columns of the bars, and what stands to their right."""

    bar: int
    number: bool
    ratio: bool
    word: bool


def _columns(view: ByLayer, width: int) -> _Columns:
    """In a narrow block the ratio takes the number's place: it is what the word is about."""
    wide, word = width >= _ROOM_FOR_RATIOS, width >= NARROW
    ratio = word and view.compared is not None
    number = width >= _ROOM_FOR_NUMBERS and (wide or not ratio)
    return _Columns(max(1, width - NUMBER * number - RATIO * ratio - WORD * word), number, ratio, word)


def block(view: ByLayer, ranges: Sequence[range], axis: Axis, width: int) -> list[Text]:
    """The line of labels, then one row for each of the ranges of layers, the first on top."""
    columns = _columns(view, width)
    values = view.values or (None,) * len(view.layers)
    judged = verdicts(view.quantity, values)
    worst = [max(run, key=lambda at: judged[at].badness) for run in ranges]
    drawn = bars([_bar(view, run, values, judged[at]) for run, at in zip(ranges, worst, strict=True)], axis, columns.bar)
    lines = [_labels(view, axis, columns, width)]
    for run, at, row in zip(ranges, worst, drawn, strict=True):
        lines.append(text(row).append_text(_right(view, run, values[at], judged[at], columns)))
    return lines


def _labels(view: ByLayer, axis: Axis, columns: _Columns, width: int) -> Text:
    """The labels of the scale, and what the ratios are of."""
    line = scale(axis, columns.bar)
    if columns.ratio and view.compared is not None:
        of = f"of {DRAWN[view.quantity].place} {view.layers[view.compared]}"
        line = f"{line}{of:>{max(NUMBER * columns.number + RATIO, len(of) + 1)}}"
    return Text(f"{line:<{width}.{width}}", QUIET)


def _bar(view: ByLayer, run: range, values: Sequence[float | None], verdict: Verdict) -> Bar:
    ink = f".grad--{verdict.meaning.value}"
    if len(run) > 1:
        measured = [value for at in run if (value := values[at]) is not None]
        finite = [value for value in measured if math.isfinite(value)]
        if not finite:
            return Bar(measured[0] if measured else None, ink)
        return Bar(max(finite), ink, low=min(finite))
    expected, before = (marked[run[0]] if marked else None for marked in (view.predicted, view.before))
    return Bar(values[run[0]], ink, expected, ".grad--mark", before)


def _right(view: ByLayer, run: range, value: float | None, verdict: Verdict, columns: _Columns) -> Text:
    """The number, the ratio and the word to the right of a bar; of a folded run those of its worst layer, if that is bad."""
    line, silent = Text(), len(run) > 1 and not verdict.badness
    style = ".grad--exploding" if verdict.badness == math.inf and verdict.meaning.value == "exploding" else ".grad--number"
    if columns.number:
        shown = glyphs.WAITING if view.values is None else "" if silent else number(value)
        line.append(f"{shown:>{NUMBER}}", style)
    if columns.ratio:
        line.append(f"{'' if silent else _ratio(view, value):>{RATIO}}", style)
    if columns.word:
        broke = view.broke in view.layers[run.start : run.stop]
        word, ink = (f"{glyphs.LOST} first", ".grad--exploding") if broke else (verdict.word, f".grad--{verdict.meaning.value}")
        line.append(f" {word:<{WORD - 1}}", ink)
    return line


def _ratio(view: ByLayer, value: float | None) -> str:
    """A number by that which it is compared with."""
    compared = view.values[view.compared] if view.values and view.compared is not None else None
    return "-" if value is None or compared is None else _coarse(value / compared)


def _coarse(ratio: float) -> str:
    """A ratio in one digit: it is judged by its decade, and holds still while that does."""
    return f"{float(f'{ratio:.1g}'):g}" if math.isfinite(ratio) else number(ratio)
