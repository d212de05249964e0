from __future__ import annotations

import itertools
import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gradtui.core.measured.frame import Frame, Spread
from gradtui.core.measured.history import CAPACITY, LAYER_CAPACITY, History, Series
from tests.strategies import NUMBERS, frames


@given(st.lists(NUMBERS, max_size=300), st.sampled_from([2, 4, 16]))
def test_every_point_has_the_extremes_of_the_steps_it_stands_for(values: list[float], capacity: int) -> None:
    series = Series(capacity=capacity)
    for step, value in enumerate(values, 1):
        series.add(step, value)
    assert len(series) <= capacity
    assert (len(series) == 0) == (values == [])
    ends = [0, *series.steps.tolist()]
    assert ends == sorted(set(ends))
    assert ends[-1] == len(values)
    for at, (start, end) in enumerate(itertools.pairwise(ends)):
        part = values[start:end]
        expected = [part[-1], np.min(part), np.max(part)]
        np.testing.assert_array_equal([series.last[at, 0], series.low[at, 0], series.high[at, 0]], expected)


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=50))
def test_columns_do_not_mix(rows: list[tuple[float, float]]) -> None:
    wide, narrow = Series(width=2, capacity=8), [Series(capacity=8), Series(capacity=8)]
    for step, row in enumerate(rows):
        wide.add(step, np.array(row))
        for series, value in zip(narrow, row, strict=True):
            series.add(step, value)
    for at, series in enumerate(narrow):
        np.testing.assert_array_equal(wide.low[:, at], series.low[:, 0])
        np.testing.assert_array_equal(wide.last[:, at], series.last[:, 0])


def test_memory_is_bounded_and_points_stay_even_over_a_long_run() -> None:
    series = Series()
    for step in range(100_000):
        series.add(step, float(step))
    assert CAPACITY / 2 <= len(series) <= CAPACITY
    lengths = np.diff(series.steps)
    assert lengths[:-1].min() == lengths.max()


@given(st.lists(frames(), min_size=1, max_size=20))
def test_a_history_holds_what_its_frames_measured(measured: list[Frame]) -> None:
    history = History()
    for step, frame in enumerate(measured, 1):
        history.add(frame.model_copy(update={"step": step}))
    assert history.first is not None and history.last is not None
    assert (history.first.step, history.last.step) == (1, len(measured))
    np.testing.assert_array_equal(history.loss.last[:, 0], [frame.loss.last for frame in measured])
    np.testing.assert_array_equal(history.loss.low[:, 0], [frame.loss.low for frame in measured])
    np.testing.assert_array_equal(history.gradient_norm.high[:, 0], [frame.gradient_norm.high for frame in measured])
    validated = [(step, frame.validation_loss) for step, frame in enumerate(measured, 1) if frame.validation_loss is not None]
    np.testing.assert_array_equal(history.validation_loss.steps, [step for step, _ in validated])
    np.testing.assert_array_equal(history.validation_loss.last[:, 0], [loss for _, loss in validated])
    assert repr(history.last.loss) == repr(measured[-1].loss)


def test_a_quantity_that_is_measured_now_and_then_stays_visible() -> None:
    still = Spread(last=1.0, low=1.0, mean=1.0, high=1.0)
    history = History()
    for step in range(1, 4):
        layers = {"dead": (0.5, None)} if step == 1 else {}
        history.add(Frame(step=step, loss=still, gradient_norm=still, learning_rate=0.1, layers=layers))
    assert history.last is not None and history.last.layers == {"dead": (0.5, None)}
    assert history.layers["dead"].steps.tolist() == [1]
    assert math.isnan(history.layers["dead"].last[0, 1])


def test_layers_are_kept_in_bounded_memory_too() -> None:
    still = Spread(last=1.0, low=1.0, mean=1.0, high=1.0)
    history = History()
    for step in range(1, 3 * LAYER_CAPACITY):
        history.add(Frame(step=step, loss=still, gradient_norm=still, learning_rate=0.1, layers={"weight_gradient": (1.0,) * 200}))
    assert len(history.layers["weight_gradient"]) <= LAYER_CAPACITY
