"""The finder's rules on curves whose answer is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradtui.core.experiments.experiment import experiment
from gradtui.core.measured.result import Result
from gradtui.study import finder
from gradtui.study.finder import finder as asked
from gradtui.study.finder import range_test, steepest, suggestion, valley

RATES = tuple(float(rate) for rate in np.geomspace(1e-5, 1, 11))


def test_the_suggestion_is_the_smallest_rate_that_is_nearly_as_good_as_the_best() -> None:
    losses = [1.0, 1.0, 0.9, 0.5, 0.2, 0.104, 0.1, 0.15, 0.9, math.inf, math.inf]
    rate, why = suggestion(RATES, [[loss, 1.01 * loss, 0.99 * loss] for loss in losses], 1.2)
    assert rate == RATES[5]
    assert "diverge" in why


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ([[1.0, 1.0]] * 11, "own spread"),
        ([[1.0, 1.0], *[[0.9, 1.2]] * 10], "own spread"),
        ([[math.inf, 1.0]] * 11, "smallest rate"),
        ([[3.0, 3.0], *[[1.0, 1.0]] * 10], "best constant answer"),
    ],
)
def test_where_there_is_no_dip_no_rate_is_named(ends: list[list[float]], said: str) -> None:
    rate, why = suggestion(RATES, ends, 1.0)
    assert rate is None and said in why


@given(st.lists(st.floats(0, 1), min_size=3, max_size=40))
def test_the_valley_lies_within_the_longest_fall(losses: list[float]) -> None:
    at = valley(losses)
    assert 0 <= at < len(losses)


def test_the_valley_is_the_middle_of_the_longest_decreasing_subsequence() -> None:
    assert valley([5.0, *np.linspace(9, 1, 31), 4.0, 8.0]) == 1 + 10 + 5


def test_the_steepest_is_by_the_logarithm_of_the_rate() -> None:
    rates = np.geomspace(1e-6, 1, 61)
    losses = 1 / (1 + np.exp(3 * (np.log10(rates) + 3)))
    assert rates[steepest(rates, losses)] == pytest.approx(1e-3, rel=0.3)


def test_the_range_test_names_the_three_marks_and_leaves_out_what_is_lost() -> None:
    rates = np.geomspace(1e-5, 10, 120)
    losses = 0.1 + 1 / (1 + (rates / 1e-3) ** 2) + (rates / 0.5) ** 4
    results = [Result(cell="0" * 16, status="diverged", curve=tuple((at + 1, loss, None) for at, loss in enumerate(losses)))] * 3
    shown = range_test(results, (1e-5, 10.0))
    assert 3 < len(shown.rates) < 120
    assert shown.valley is not None and shown.steepest is not None and shown.minimum_tenth is not None
    assert 3e-4 < shown.steepest < 5e-3
    assert shown.minimum_tenth * 10 == pytest.approx(shown.rates[int(np.argmin(shown.losses))])


def test_a_sweep_that_is_lost_at_once_names_nothing() -> None:
    assert range_test([Result(cell="0" * 16, status="diverged", curve=((1, math.nan, None),))], (1e-5, 1.0)).valley is None


def test_its_cells_change_rate_steps_seed_and_schedule_alone() -> None:
    own = experiment({"schedule": {"name": "cosine"}})
    cells = finder.cells(asked(own, 50))
    allowed = {"optimizer.learning_rate", "run.steps", "run.seed"}
    for cell in cells:
        changed = set(own.changed({"schedule.name": "constant"}).differences(cell.experiment))
        assert changed <= allowed
    assert len(cells) == (finder.RATES + 1) * finder.SEEDS
