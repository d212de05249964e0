from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradtui.core.measured.history import Series
from gradtui.tui.plot.axis import Axis, linear, logarithmic, page
from gradtui.tui.plot.curve import DECADES, Curve, columns, spans_decades, value_axis
from gradtui.tui.plot.lines import BAND, CHANGE, LOST, TRAIN, VALIDATION, Losses, lines

VALUE = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True),
    st.floats(0, 10),
    st.sampled_from((math.nan, math.inf, -math.inf, 1e308, -1e308, 0.0, -1.0, 1e-320, 1.0)),
)


def curve(steps: list[int], values: list[float], low: list[float] | None = None, high: list[float] | None = None) -> Curve:
    return Curve(np.array([steps, low or values, high or values, values], dtype=np.float64))


EMPTY = curve([], [])


def plot(train: Curve, validation: Curve = EMPTY, changes: Any = (), log: bool = False, size: tuple[int, int] = (80, 20)) -> Any:
    """Losses over a run that ends where they do."""
    return lines(Losses(train, validation, max(1, train.last_step), tuple(changes)), log, *size)


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
    rows = plot(train, validation, changes, log, size)
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
    rows = plot(curve(steps, values, high=high), log=log, size=(60, 20))
    column = round(steps[spike] / len(values) * (60 - 1))
    top = min(y for y, x in drawn(rows, BAND) + drawn(rows, TRAIN))
    assert top <= 3
    assert any(y == top and abs(x - column) < 12 for y, x in drawn(rows, BAND) + drawn(rows, TRAIN))


def raised(rows: Any, ink: str) -> set[tuple[int, int]]:
    """Row, from the bottom, and column of every raised braille dot in the cells of an ink."""
    order = ((0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1), (3, 0), (3, 1))
    dots = set()
    for y, x in drawn(rows, ink):
        code = ord(rows[y].plain[x]) - 0x2800
        dots |= {(4 * (len(rows) - y) - 1 - row, 2 * x + column) for bit, (row, column) in enumerate(order) if code >> bit & 1}
    return dots


def test_training_falls_and_validation_is_dashed_in_the_same_resolution() -> None:
    steps = list(range(1, 101))
    every = steps[9::10]
    rows = plot(curve(steps, [1.2 - step / 100 for step in steps]), curve(every, [1.0 - step / 200 for step in every]))
    train, validation = raised(rows, TRAIN), raised(rows, VALIDATION)
    assert min(train, key=lambda dot: dot[1])[0] > max(train, key=lambda dot: dot[1])[0]
    assert len({row % 4 for row, _ in validation}) == 4, "it uses every dot of a cell's height"
    columns = sorted({column for _, column in validation})
    gaps = [after - before for before, after in pairwise(columns)]
    assert set(gaps) == {1, 5} and gaps.count(5) > 5


def test_what_is_not_finite_is_marked_at_the_top_where_it_is() -> None:
    steps = list(range(1, 101))
    values = [math.nan if step == 50 else math.inf if step > 90 else 1.0 for step in steps]
    rows = plot(curve(steps, values), size=(110, 20))
    marks = drawn(rows, LOST)
    assert {y for y, _ in marks} == {0}
    columns_marked = sorted(x for _, x in marks)
    assert abs(columns_marked[0] - 57) < 3
    assert columns_marked[-1] > 105


def test_the_newest_change_is_written_beside_its_line_and_none_over_another() -> None:
    steps = list(range(1, 101))
    changes = [(40, "learning rate 0.02"), (41, "learning rate 0.03"), (42, "learning rate 0.04")]
    rows = plot(curve(steps, [1.0] * 100), EMPTY, changes, size=(110, 30))
    words = "\n".join(row.plain for row in rows)
    assert "┊learning rate 0.04" in words
    assert words.count("learning rate 0.0") <= 3


def test_rows_are_the_same_as_long_as_the_numbers_are() -> None:
    steps = list(range(1, 101))
    one, two = (curve(steps, [1.0, *[math.nan] * 99]) for _ in range(2))
    assert one == two
    assert one != curve(steps, [2.0, *[math.nan] * 99])
    assert [row.plain for row in plot(one)] == [row.plain for row in plot(two)]


@given(values=st.lists(st.floats(0, 100), min_size=1, max_size=300), count=st.integers(1, 100))
def test_columns_keep_every_extreme(values: list[float], count: int) -> None:
    series = Series()
    for step, value in enumerate(values, 1):
        series.add(step, value)
    axis = Axis(0, 100)
    reduced = columns(Curve.of(series), page(len(values), 1000), axis, count)
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
    for value in values[1:]:
        if math.isfinite(value) and abs(value) < 1e30 and (value > 1e-30 or not log):
            shown = math.log10(value) if log else value
            slack = 1e-6 * (axis.high - axis.low)
            assert axis.low - slack <= shown <= axis.high + slack


@pytest.mark.parametrize("log", [False, True])
@given(first=st.floats(1e-3, 1e6), rest=st.lists(st.floats(0.5, 1.0), min_size=4, max_size=30))
def test_the_first_point_alone_never_more_than_doubles_the_range(log: bool, first: float, rest: list[float]) -> None:
    seen = value_axis((curve(list(range(1, len(rest) + 2)), [first, *rest]),), log)
    without = (logarithmic if log else linear)(min(rest), max(rest))
    assert seen.high - seen.low <= 2 * (without.high - without.low) * (1 + 1e-9)


def test_a_first_loss_above_the_range_is_written_at_the_top() -> None:
    steps = list(range(1, 101))
    rows = plot(curve(steps, [250.0, *[1.0 - step / 200 for step in steps[1:]]]))
    assert "↑ 250 at first" in rows[0].plain and drawn(rows, CHANGE)
    assert "at first" not in plot(curve(steps, [1.0 - step / 200 for step in steps]))[0].plain


@given(low=st.floats(1e-6, 1.0), times=st.floats(1.0, 1e6), falls=st.booleans())
def test_the_axis_is_logarithmic_from_one_and_a_half_decades_on(low: float, times: float, falls: bool) -> None:
    values = [low * times ** (at / 20) for at in range(21)]
    seen = curve(list(range(1, 22)), values[::-1] if falls else values)
    assert spans_decades((seen, EMPTY)) == (times > DECADES) or math.isclose(times, DECADES, rel_tol=0.2)


def test_the_axis_stays_linear_for_a_first_loss_alone_and_for_numbers_below_zero() -> None:
    steps = list(range(1, 31))
    assert not spans_decades((curve(steps, [1000.0, *[1.0] * 29]),))
    assert not spans_decades((curve(steps, [-1.0, *[10.0 ** (step % 4) for step in steps[1:]]]),))
    assert not spans_decades((EMPTY, EMPTY))


def test_one_tiny_loss_of_a_single_step_does_not_stretch_the_logarithmic_axis() -> None:
    steps = list(range(1, 101))
    values = [100.0 / step for step in steps]
    lows = [1e-12 if step == 60 else value for step, value in zip(steps, values, strict=True)]
    assert value_axis((curve(steps, values, low=lows),), True) == value_axis((curve(steps, values),), True)


def test_the_band_covers_all_steps_since_the_point_before() -> None:
    steps = list(range(10, 110, 10))
    rows = plot(curve(steps, [0.5] * 10, low=[0.0] * 10, high=[1.0] * 10), size=(100, 20))
    columns = sorted({x for _, x in drawn(rows, BAND)})
    assert columns == list(range(columns[0], columns[-1] + 1)) and len(columns) > 80
