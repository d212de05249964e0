from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradtui.core.measured.history import Series
from gradtui.tui.plot.axis import Axis, page
from gradtui.tui.plot.curve import Curve, columns, value_axis
from gradtui.tui.plot.lines import BAND, LOST, TRAIN, VALIDATION, lines

VALUE = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True),
    st.floats(0, 10),
    st.sampled_from((math.nan, math.inf, -math.inf, 1e308, -1e308, 0.0, -1.0, 1e-320, 1.0)),
)


def curve(steps: list[int], values: list[float], low: list[float] | None = None, high: list[float] | None = None) -> Curve:
    return Curve(np.array([steps, low or values, high or values, values], dtype=np.float64))


EMPTY = curve([], [])


@st.composite
def curves(draw: st.DrawFn) -> Curve:
    steps = sorted(draw(st.sets(st.integers(1, draw(st.sampled_from((10, 5000, 10**7)))), max_size=40)))
    value = st.just(draw(VALUE)) if draw(st.booleans()) else VALUE
    values = [[draw(value) for _ in steps] for _ in range(3)]
    return Curve(np.array([steps, *values], dtype=np.float64))


SIZES = st.one_of(*[st.tuples(st.integers(1, width), st.integers(1, height)) for width, height in ((30, 8), (90, 25), (300, 80))])
CHANGES = st.lists(st.tuples(st.integers(0, 10**7), st.sampled_from(("lr 0.1", "momentum 0.95", ""))), max_size=3)


@settings(max_examples=1000)
@given(train=curves(), validation=curves(), changes=CHANGES, log=st.booleans(), size=SIZES)
def test_any_figure_is_drawn_at_any_size(train: Curve, validation: Curve, changes: Any, log: bool, size: tuple[int, int]) -> None:
    width, height = size
    rows = lines(train, validation, changes, log, width, height)
    assert len(rows) == height
    assert all(row.cell_len <= width for row in rows)


def drawn(rows: Any, ink: str) -> list[tuple[int, int]]:
    """Row, from the top, and column of every cell of an ink."""
    return [(y, x) for y, row in enumerate(rows) for span in row.spans if span.style == ink for x in range(span.start, span.end)]


@pytest.mark.parametrize("log", [False, True])
@given(values=st.lists(st.floats(0.01, 10), min_size=30, max_size=200), spike=st.integers(0, 29))
def test_a_spike_of_one_step_is_on_the_plot(log: bool, values: list[float], spike: int) -> None:
    high = [*values]
    high[spike] = 1000.0
    steps = list(range(1, len(values) + 1))
    rows = lines(curve(steps, values, high=high), EMPTY, (), log, 60, 20)
    column = round(steps[spike] / page(len(values)) * (60 - 1))
    top = min(y for y, x in drawn(rows, BAND) + drawn(rows, TRAIN))
    assert top <= 3
    assert any(y == top and abs(x - column) < 12 for y, x in drawn(rows, BAND) + drawn(rows, TRAIN))


def test_a_falling_curve_falls_and_validation_has_another_mark_and_ink() -> None:
    steps = list(range(1, 101))
    rows = lines(curve(steps, [1.2 - step / 100 for step in steps]), curve(steps[9::10], [1.2] * 10), (), False, 80, 20)
    train = sorted((x, y) for y, x in drawn(rows, TRAIN))
    assert train[0][1] < train[-1][1]
    marks = {rows[y].plain[x] for y, x in drawn(rows, VALIDATION)}
    assert marks == {"•"}
    assert {y for y, _ in drawn(rows, VALIDATION)} == {min(y for _, y in train)}


def test_what_is_not_finite_is_marked_at_the_top_where_it_is() -> None:
    steps = list(range(1, 101))
    values = [math.nan if step == 50 else math.inf if step > 90 else 1.0 for step in steps]
    rows = lines(curve(steps, values), EMPTY, (), False, 110, 20)
    marks = drawn(rows, LOST)
    assert {y for y, _ in marks} == {0}
    columns_marked = sorted(x for _, x in marks)
    assert abs(columns_marked[0] - 57) < 3
    assert columns_marked[-1] > 105


def test_the_newest_change_is_written_beside_its_line_and_none_over_another() -> None:
    steps = list(range(1, 101))
    changes = [(40, "learning rate 0.02"), (41, "learning rate 0.03"), (42, "learning rate 0.04")]
    rows = lines(curve(steps, [1.0] * 100), EMPTY, changes, False, 110, 30)
    words = "\n".join(row.plain for row in rows)
    assert "┊learning rate 0.04" in words
    assert words.count("learning rate 0.0") <= 3


def test_rows_are_the_same_as_long_as_the_numbers_are() -> None:
    steps = list(range(1, 101))
    one, two = (curve(steps, [1.0, *[math.nan] * 99]) for _ in range(2))
    assert one == two
    assert one != curve(steps, [2.0, *[math.nan] * 99])
    assert [r.plain for r in lines(one, EMPTY, (), False, 80, 20)] == [r.plain for r in lines(two, EMPTY, (), False, 80, 20)]


@given(values=st.lists(st.floats(0, 100), min_size=1, max_size=300), count=st.integers(1, 100))
def test_columns_keep_every_extreme(values: list[float], count: int) -> None:
    series = Series()
    for step, value in enumerate(values, 1):
        series.add(step, value)
    axis = Axis(0, 100)
    reduced = columns(Curve.of(series), page(len(values)), axis, count)
    assert math.isclose(reduced.low.min(), min(values) / 100, abs_tol=1e-12)
    assert math.isclose(reduced.high.max(), max(values) / 100, abs_tol=1e-12)
    assert (np.diff(reduced.column) > 0).all()
    assert 0 <= reduced.column.min() <= reduced.column.max() < count
    assert (reduced.low <= reduced.mean + 1e-12).all()
    assert (reduced.mean <= reduced.high + 1e-12).all()


@given(values=st.lists(VALUE, max_size=30), log=st.booleans())
def test_the_range_of_values_holds_what_can_be_drawn(values: list[float], log: bool) -> None:
    axis = value_axis((curve(list(range(1, len(values) + 1)), values), EMPTY), log)
    assert axis.low < axis.high
    for value in values:
        if math.isfinite(value) and abs(value) < 1e30 and (value > 1e-30 or not log):
            shown = math.log10(value) if log else value
            slack = 1e-6 * (axis.high - axis.low)
            assert axis.low - slack <= shown <= axis.high + slack
