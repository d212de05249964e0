"""The statistics against definitions by brute force, against scipy, and by what they promise over many studies."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from gradtui.study import statistics
from gradtui.study.statistics import beats, beyond_t, corrected_t, differences, holm, interval, quantile, signed_rank

FINITE = st.floats(-1e6, 1e6)


@settings(max_examples=60)
@given(st.lists(st.integers(-4, 4).map(float), min_size=1, max_size=9))
def test_the_signed_rank_p_value_is_the_share_of_sign_flips_that_are_as_extreme(found: list[float]) -> None:
    kept = [value for value in found if value]
    if not kept:
        assert signed_rank(found) == 1.0
        return
    ranks = stats.rankdata(np.abs(kept))
    seen = ranks[np.array(kept) > 0].sum()
    extreme = min(seen, ranks.sum() - seen)
    sums = [sum(rank for rank, up in zip(ranks, signs, strict=True) if up) for signs in itertools.product((0, 1), repeat=len(kept))]
    below = np.mean([total <= extreme + 1e-9 for total in sums])
    assert signed_rank(found) == pytest.approx(min(1.0, 2 * below))


@settings(max_examples=50)
@given(st.lists(FINITE.filter(bool), min_size=2, max_size=20, unique_by=abs))
def test_without_ties_it_is_scipys(found: list[float]) -> None:
    assert signed_rank(found) == pytest.approx(stats.wilcoxon(found, method="exact").pvalue, abs=1e-9)


@pytest.mark.parametrize(("pairs", "least"), [(5, 0.0625), (6, 0.03125), (8, 0.0078125)])
def test_the_least_p_value_is_that_of_winning_every_pair(pairs: int, least: float) -> None:
    assert signed_rank([-float(at + 1) for at in range(pairs)]) == statistics.least_p(pairs) == least


def test_a_run_that_diverged_lost_and_two_that_did_are_equal() -> None:
    assert differences([1.0, math.inf, math.inf], [math.inf, math.inf, 2.0]) == [-math.inf, 0.0, math.inf]
    assert beats([1.0, math.inf, math.inf], [math.inf, math.inf, 2.0]) == 0.5
    assert signed_rank([-math.inf] * 8) == 2 / 2**8


def test_less_than_a_tie_is_equal() -> None:
    assert differences([0.1, 0.2], [0.12, 0.3], tie=0.05) == [0.0, pytest.approx(-0.1)]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_is_monotone_never_below_the_raw_and_never_above_bonferroni(p_values: list[float]) -> None:
    corrected = holm(p_values)
    for raw, after in zip(p_values, corrected, strict=True):
        assert raw <= after <= min(1.0, len(p_values) * raw) or after == pytest.approx(raw)
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    assert [corrected[at] for at in order] == sorted(corrected)


def test_holms_own_example() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


@given(st.lists(FINITE, min_size=1, max_size=30), st.floats(0, 1))
def test_quantiles_are_numpys_where_all_is_finite(values: list[float], share: float) -> None:
    assert quantile(values, share) == pytest.approx(np.quantile(values, share), rel=1e-9, abs=1e-6)


def test_a_quantile_beside_an_infinite_number_is_infinite_and_never_nan() -> None:
    assert quantile([1.0, math.inf], 0.5) == math.inf
    assert quantile([1.0, 2.0, math.inf], 0.5) == 2.0
    assert quantile([math.inf] * 4, 0.25) == math.inf


@pytest.mark.parametrize("freedom", [1, 2, 4, 9, 49])
@pytest.mark.parametrize("value", [0.0, 0.5, 2.0, 6.0])
def test_students_t_is_scipys(freedom: int, value: float) -> None:
    assert beyond_t(value, freedom) == pytest.approx(stats.t.sf(value, freedom), abs=1e-6)


def test_the_interval_of_five_by_ten_folds_is_wider_than_the_naive_one_by_the_known_factor() -> None:
    values = list(np.random.default_rng(0).normal(1, 0.1, 50))
    low, high = interval(values, folds=5)
    naive = stats.t.ppf(0.975, 49) * np.std(values, ddof=1) / math.sqrt(50)
    assert (high - low) / 2 / naive == pytest.approx(math.sqrt((1 / 50 + 1 / 4) * 50), rel=1e-5) == pytest.approx(3.67, rel=1e-2)


def test_the_corrected_test_says_nothing_of_what_is_equal_or_not_finite() -> None:
    assert corrected_t([0.0] * 10, 5) == 1.0
    assert corrected_t([math.inf, *[0.1] * 9], 5) == 1.0
