from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from gradtui.tui.plot import glyphs
from gradtui.tui.plot.axis import Axis, decades, linear
from gradtui.tui.plot.bars import Bar, bars, scale
from gradtui.tui.plot.canvas import Mark, Rows, draw

INK, OTHER = ".bar", ".theory"
VALUE = st.none() | st.floats(allow_nan=True, allow_infinity=True) | st.floats(-2, 2)
AXES = st.sampled_from((Axis(0, 1), linear(-0.4, 0.9), linear(-5, -4), decades(1e-12, 1, 3), decades(1e-45, 1e38, 3)))


@settings(max_examples=300)
@given(rows=st.lists(st.tuples(VALUE, VALUE), max_size=60), axis=AXES, width=st.integers(1, 300))
def test_any_bars_are_drawn_at_any_size(rows: list[tuple[float | None, float | None]], axis: Axis, width: int) -> None:
    expected = [None if theory is not None and math.isnan(theory) else theory for _, theory in rows]
    drawn = bars([Bar(value, INK, mark, OTHER) for (value, _), mark in zip(rows, expected, strict=True)], axis, width)
    assert [len(row) for row in drawn] == [width] * len(rows)
    assert len(scale(axis, width)) == width


def length(row: list[tuple[str, str]]) -> float:
    """How long a bar is, in cells."""
    parts = " " + glyphs.PARTS_OF_A_BAR
    return sum(1 if character == glyphs.BAR else parts.index(character) / 8 for character, ink in row if ink == INK)


@given(value=st.floats(1e-12, 1.0), width=st.integers(1, 200))
def test_a_bar_ends_at_its_value_to_an_eighth_of_a_cell(value: float, width: int) -> None:
    axis = decades(1e-12, 1, 3)
    (row,) = bars([Bar(value, INK)], axis, width)
    assert math.isclose(length(row), axis.place(value) * width, abs_tol=1 / 16 + 1e-9)


@given(values=st.lists(st.floats(0, 1), min_size=1, max_size=30), width=st.integers(8, 100))
def test_the_first_bar_is_on_top_and_longer_ones_have_larger_values(values: list[float], width: int) -> None:
    drawn = bars([Bar(value, INK) for value in values], Axis(0, 1), width)
    for row, value in zip(drawn, values, strict=True):
        assert math.isclose(length(row), value * width, abs_tol=1 / 16 + 1e-9)


def test_negative_bars_run_to_the_left_of_zero() -> None:
    left, right = ("".join(character for character, _ in row) for row in bars([Bar(-0.5, INK), Bar(0.5, INK)], Axis(-1, 1), 40))
    assert left == " " * 10 + "█" * 10 + " " * 20
    assert right == " " * 20 + "█" * 10 + " " * 10


def test_what_is_not_finite_fills_its_row_and_zero_has_no_bar() -> None:
    drawn = bars([Bar(value, INK) for value in (math.nan, math.inf, 0.0, None)], decades(1e-3, 1), 12)
    assert ["".join(character for character, _ in row) for row in drawn] == ["╱" * 12, "╱" * 12, " " * 12, " " * 12]


@given(value=st.floats(1e-12, 1), expected=st.floats(1e-12, 1), width=st.integers(2, 100))
def test_the_mark_is_at_the_expected_place_also_inside_the_bar(value: float, expected: float, width: int) -> None:
    axis = decades(1e-12, 1, 3)
    (row,) = bars([Bar(value, INK, expected, OTHER)], axis, width)
    (column,) = [x for x, (character, ink) in enumerate(row) if ink == OTHER]
    assert row[column][0] == glyphs.THEORY
    assert abs(column + 0.5 - axis.place(expected) * width) <= 0.5 + 1e-6


def plain(rows: Rows) -> list[str]:
    return ["".join(character for character, _ in row) for row in rows]


def test_a_drawing_forgets_the_one_before() -> None:
    once = plain(draw([Mark([0.0, 1.0], [0.0, 1.0], "x", INK, joined=True)], 5, 5))
    assert once == ["    x", "   x ", "  x  ", " x   ", "x    "]
    draw([Mark([0.5], [0.5], "o", INK)], 9, 3)
    assert plain(draw([Mark([0.0, 1.0], [0.0, 1.0], "x", INK, joined=True)], 5, 5)) == once


def test_each_mark_has_its_ink_and_the_last_is_on_top() -> None:
    (row,) = draw([Mark([0.0, 0.5], [0.0, 0.0], "a", INK), Mark([0.5, 1.0], [0.0, 0.0], "b", OTHER)], 3, 1)
    assert row == [("a", INK), ("b", OTHER), ("b", OTHER)]
