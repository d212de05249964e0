from __future__ import annotations

import functools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradtui.core.measured.frame import Frame, Spread
from tests.strategies import NUMBERS, frames, spreads


def spread_of(values: list[float]) -> Spread:
    ones = [Spread(last=value, low=value, mean=value, high=value) for value in values]
    return functools.reduce(Spread.merged, ones)


def same(a: Spread, b: Spread) -> bool:
    """Means may differ by the rounding of what they are made of, which is far more than they are where large numbers cancel."""
    largest = max((abs(value) for value in (a.low, a.high) if math.isfinite(value)), default=0.0)
    ends = (a.count, a.last, a.low, a.high) == pytest.approx((b.count, b.last, b.low, b.high), nan_ok=True)
    return ends and a.mean == pytest.approx(b.mean, abs=1e-9 * largest, nan_ok=True)


@given(st.lists(st.floats(-1e300, 1e300), min_size=1))
def test_a_spread_is_that_of_all_its_steps(values: list[float]) -> None:
    merged = spread_of(values)
    assert (merged.last, merged.low, merged.high, merged.count) == (values[-1], min(values), max(values), len(values))
    assert merged.mean == pytest.approx(math.fsum(value / len(values) for value in values), abs=1e-9 * max(map(abs, values)))


@given(st.lists(NUMBERS, min_size=1))
def test_no_number_that_is_not_finite_is_lost(values: list[float]) -> None:
    merged = spread_of(values)
    assert [merged.low, merged.high] == pytest.approx([np.min(values), np.max(values)], nan_ok=True)
    assert math.isfinite(merged.mean) == all(map(math.isfinite, values))


@given(spreads(st.floats(-1e9, 1e9)), spreads(st.floats(-1e9, 1e9)), spreads(st.floats(-1e9, 1e9)))
def test_merging_spreads_is_associative(a: Spread, b: Spread, c: Spread) -> None:
    left, right = a.merged(b).merged(c), a.merged(b.merged(c))
    assert (left.last, left.low, left.high, left.count) == (right.last, right.low, right.high, right.count)
    assert left.mean == pytest.approx(right.mean, abs=1e-6)


@given(frames(), frames())
def test_a_merged_frame_has_the_newer_state_and_both_spreads(older: Frame, newer: Frame) -> None:
    merged = older.merged(newer)
    assert (merged.step, merged.learning_rate, merged.lane) == (newer.step, newer.learning_rate, newer.lane)
    assert same(merged.loss, older.loss.merged(newer.loss))
    assert same(merged.gradient_norm, older.gradient_norm.merged(newer.gradient_norm))


@given(frames(), frames())
def test_a_completed_frame_keeps_its_own_measurements_and_fills_the_gaps(older: Frame, newer: Frame) -> None:
    completed = newer.completed(older)
    for name in {**older.layers, **newer.layers}:
        mine = newer.layers.get(name, ())
        measured = any(value is not None for value in mine)
        assert repr(completed.layers[name]) == repr(mine if measured or name not in older.layers else older.layers[name])
    validated = older if newer.validation_loss is None else newer
    assert repr((completed.validation_loss, completed.validation_accuracy)) == repr(
        (validated.validation_loss, validated.validation_accuracy)
    )
    assert repr(completed.loss) == repr(newer.loss)


@given(frames(), frames(), frames())
def test_merging_frames_is_associative(a: Frame, b: Frame, c: Frame) -> None:
    left, right = a.merged(b).merged(c), a.merged(b.merged(c))
    assert same(left.loss, right.loss)
    assert repr(dict(sorted(left.layers.items()))) == repr(dict(sorted(right.layers.items())))
    assert repr((left.validation_loss, left.validation_accuracy)) == repr((right.validation_loss, right.validation_accuracy))
