"""Medians of rows against numpy's, number by number."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gradtui.diagnosis.readings import medians

NUMBERS = st.floats(-1e6, 1e6) | st.sampled_from([np.nan, np.inf, -np.inf])


@given(st.integers(1, 6).flatmap(lambda width: st.lists(st.lists(NUMBERS, min_size=width, max_size=width), min_size=1, max_size=6)))
def test_the_median_of_a_row_is_that_of_its_finite_numbers(rows: list[list[float]]) -> None:
    for row, found in zip(np.array(rows), medians(np.array(rows)), strict=True):
        finite = row[np.isfinite(row)]
        assert np.isnan(found) if not len(finite) else found == np.median(finite)
