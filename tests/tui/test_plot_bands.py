"""Several lines with bands: drawn at any size, whatever the numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradtui.study.picture import Band
from gradtui.tui.plot.bands import Bands, bands, sign

NUMBERS = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e30, max_value=1e30)


@st.composite
def lines(draw: st.DrawFn) -> Band:
    count = draw(st.integers(0, 6))
    x = np.sort(np.array(draw(st.lists(st.floats(1e-6, 1e4), min_size=count, max_size=count, unique=True))))
    rows = np.sort(np.array([draw(st.lists(NUMBERS, min_size=count, max_size=count)) for _ in range(3)]), axis=0)
    return Band(draw(st.integers(0, 40)), x, rows[1], rows[0], rows[2], tuple(draw(st.lists(st.floats(1e-6, 1e4), max_size=2))))


@given(st.lists(lines(), max_size=5), st.booleans(), st.tuples(st.integers(1, 90), st.integers(1, 30)))
def test_any_lines_are_drawn_at_any_size(made: list[Band], over_steps: bool, size: tuple[int, int]) -> None:
    shown = Bands(tuple(made), 1e4 if over_steps else None, (("mark", 1e-3),))
    rows = bands(shown, *size)
    assert len(rows) == size[1] or size[1] < 3
    assert all(len(row) <= size[0] for row in rows)


def test_each_line_ends_with_its_number_and_what_diverged_stands_at_the_top() -> None:
    x = np.array([1e-3, 1e-2, 1e-1])
    made = [Band(at, x, np.full(3, 10.0**at), np.full(3, 10.0**at), np.full(3, 10.0**at), (1.0,) if at else ()) for at in range(3)]
    rows = [row.plain for row in bands(Bands(tuple(made), None), 60, 16)]
    assert "×" in rows[0]
    heights = [next(at for at, row in enumerate(rows[:-2]) if sign(entrant) in row[10:]) for entrant in range(3)]
    assert heights == sorted(set(heights), reverse=True)


@pytest.mark.parametrize("entrants", [2, 35])
def test_numbers_tell_entrants_apart_without_colour(entrants: int) -> None:
    assert len({sign(at) for at in range(entrants)}) == entrants
