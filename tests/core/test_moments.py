import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradtui.core.moments import DataMoments


@given(st.lists(st.one_of(st.just(0.0), st.floats(-30, 30).map(lambda decades: 10**decades)), min_size=1, max_size=200))
def test_groups_keep_the_mean_square_and_each_sample_nearly_its_size(squares: list[float]) -> None:
    made = DataMoments.of(np.array(squares), 0.25, 2.0)
    sizes, shares = np.array(made.sizes).T
    assert shares.sum() == pytest.approx(1) and shares @ sizes == pytest.approx(np.mean(squares))
    nearest = np.abs(np.log(np.maximum(squares, 1e-300))[:, None] - np.log(np.maximum(sizes, 1e-300))).min(1)
    assert nearest.max() < np.log(10) / 24
    assert (made.mean, made.target_square) == (0.25, 2.0)


def test_many_samples_are_few_groups() -> None:
    squares = np.random.default_rng(0).chisquare(2, 100_000)
    sizes, shares = np.array(DataMoments.of(squares, 0.0, 1.0).sizes).T
    assert len(sizes) < 200
    assert shares @ np.sqrt(sizes) == pytest.approx(np.sqrt(squares).mean(), rel=1e-3)
