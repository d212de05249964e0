from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradtui.tui.plot.axis import (
    GREATEST,
    LEAST,
    MOST_LABELS,
    Axis,
    across,
    decades,
    linear,
    logarithmic,
    page,
    settled,
    spans,
    ticks,
    upward,
)

NUMBER = st.floats(allow_nan=False, allow_infinity=False)
POSITIVE = st.floats(min_value=5e-324, allow_nan=False, allow_infinity=False)


@st.composite
def axes(draw: st.DrawFn) -> Axis:
    kind = draw(st.sampled_from(("linear", "logarithmic", "decades", "page")))
    if kind == "page":
        return Axis(0, page(draw(st.integers(0, 10_000_000)), draw(st.integers(1, 10_000_000))))
    if kind == "linear":
        return linear(*sorted((draw(NUMBER), draw(NUMBER))))
    low, high = sorted((draw(POSITIVE), draw(POSITIVE)))
    return logarithmic(low, high) if kind == "logarithmic" else decades(low, high, draw(st.sampled_from((1, 3))))


@given(axis=axes(), most=st.integers(1, 10))
def test_ticks_are_few_rise_and_lie_on_the_axis(axis: Axis, most: int) -> None:
    found = ticks(axis, most)
    assert len(found) <= min(most, MOST_LABELS)
    assert all(-1e-6 <= tick.place <= 1 + 1e-6 for tick in found)
    assert all(before.place < after.place for before, after in pairwise(found))
    assert len({tick.label for tick in found}) == len(found)


@given(axis=axes())
def test_a_label_reads_as_the_value_at_its_place(axis: Axis) -> None:
    for tick in ticks(axis):
        read = float(tick.label.replace(" ", ""))
        value = axis.low + tick.place * (axis.high - axis.low)
        if axis.logarithmic:
            assert math.isclose(math.log10(read), value, abs_tol=1e-6)
        else:
            assert math.isclose(read, value, abs_tol=1e-3 * (axis.high - axis.low))


@given(axis=axes(), width=st.integers(0, 200))
def test_labels_on_a_line_lie_on_it_with_blanks_between(axis: Axis, width: int) -> None:
    columns = spans(across(axis, width), width)
    assert all(0 <= start < end <= width for start, end in columns)
    assert all(before[1] < after[0] for before, after in pairwise(columns))


@given(axis=axes(), height=st.integers(0, 80))
def test_labels_of_rows_have_a_row_between_them(axis: Axis, height: int) -> None:
    rows = [round(tick.place * (height - 1)) for tick in upward(axis, height)]
    assert all(0 <= row < height for row in rows)
    assert all(above - below >= 2 for below, above in pairwise(rows))


@given(axis=axes())
def test_there_are_labels_where_there_is_room(axis: Axis) -> None:
    assert len(across(axis, 100)) >= 2
    assert len(upward(axis, 40)) >= 2


@given(low=NUMBER, high=NUMBER)
def test_a_linear_range_holds_its_data_without_much_around(low: float, high: float) -> None:
    low, high = sorted((low, high))
    axis = linear(low, high)
    low, high = max(low, -GREATEST), min(high, GREATEST)
    slack = 1e-6 * (axis.high - axis.low)
    assert axis.low <= low + slack
    assert axis.high >= high - slack
    if LEAST <= low < high and low > high / 2 and high - low > 0.02 * high:
        assert axis.high - axis.low <= 6 * (high - low)


@given(low=POSITIVE, high=POSITIVE)
def test_a_logarithmic_range_holds_its_data(low: float, high: float) -> None:
    low, high = sorted((low, high))
    for axis in (logarithmic(low, high), decades(low, high), decades(low, high, 3)):
        shown = [min(max(value, LEAST), GREATEST) for value in (low, high)]
        assert axis.low - 1e-6 <= math.log10(shown[0])
        assert math.log10(shown[1]) <= axis.high + 1e-6
        assert axis.low < axis.high


@given(axis=axes(), value=st.floats(allow_nan=False))
def test_a_place_is_always_on_the_axis(axis: Axis, value: float) -> None:
    assert 0 <= axis.place(value) <= 1


@given(axis=axes())
def test_places_are_straight(axis: Axis) -> None:
    halfway = (axis.low + axis.high) / 2
    value = 10**halfway if axis.logarithmic else halfway
    assert math.isclose(axis.place(value), 0.5, abs_tol=1e-6)


@given(step=st.integers(0, 10**9), steps=st.integers(1, 10**9))
def test_a_page_holds_its_step_and_is_at_most_doubled_and_a_half_and_the_last_one_ends_with_the_run(step: int, steps: int) -> None:
    found = page(step, steps)
    assert found >= step
    assert found <= 10 or step > found / 2.5
    assert str(found).strip("0") in ("1", "2", "5") or found == max(step, steps)
    assert page(steps, steps) == steps


def test_pages_change_rarely() -> None:
    assert len({page(step, 100_000) for step in range(100_000)}) == 13


@given(values=st.lists(st.floats(-30, 30), min_size=1, max_size=40))
def test_a_settled_range_holds_what_is_needed_and_changes_only_for_it(values: list[float]) -> None:
    axis = None
    for value in values:
        needed = Axis(math.floor(value), math.floor(value) + 3, logarithmic=True)
        before, axis = axis, settled(axis, needed)
        assert axis.low <= needed.low
        assert needed.high <= axis.high
        inside = before is not None and before.low <= needed.low and needed.high <= before.high
        if before is not None and inside and before.high - before.low < 9:
            assert axis == before


@pytest.mark.parametrize("high", [1e-320, 5e-324, 1e-310, 9e-46])
def test_numbers_below_those_of_float32_are_zero_on_a_linear_axis(high: float) -> None:
    """Steps between them cannot grow by a hundredth, so that a search for a larger one would not end."""
    assert linear(0.0, high) == linear(-high, high) == linear(0.0, 0.0)
    assert 1 <= len(ticks(linear(0.0, high))) <= MOST_LABELS
