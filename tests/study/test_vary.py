"""What `--vary` says: lists, grids, and every way to say it wrong."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradtui.core.experiments.experiment import InvalidExperiment, experiment
from gradtui.study.study import MOST_CELLS, InvalidStudy, study
from gradtui.study.vary import grid, varied

RUN = experiment()


def test_a_list_is_read_as_set_reads_values() -> None:
    names, rates, betas, on = varied(
        [
            "optimizer.name=sgd, adam",
            "optimizer.learning_rate=1e-3,0.1",
            "optimizer.betas=[0.9, 0.99],[0.5,0.9]",
            "run.shuffle=true",
        ],
        RUN,
    )
    assert names.values == ("sgd", "adam")
    assert rates.values == (1e-3, 0.1)
    assert betas.values == ((0.9, 0.99), (0.5, 0.9))
    assert on.values == (True,)


def test_a_rate_is_spaced_by_factors_and_a_momentum_by_differences() -> None:
    adam = RUN.changed({"optimizer.name": "momentum"})
    rates, momenta = varied(["optimizer.learning_rate=1e-3..1:4", "optimizer.momentum=0.1..0.9:3"], adam)
    assert rates.values == (0.001, 0.01, 0.1, 1.0)
    assert momenta.values == (0.1, 0.5, 0.9)


def test_whole_numbers_stay_whole_and_are_told_once() -> None:
    (widths,) = varied(["network.width=4..64:5"], RUN)
    assert widths.values == (4, 8, 16, 32, 64)
    (depths,) = varied(["network.depth=1..3:9"], RUN)
    assert depths.values == (1, 2, 3)


@given(st.floats(1e-12, 1e3), st.floats(1.01, 1e9), st.integers(2, 100))
def test_a_grid_ends_where_it_is_told_and_grows_by_one_factor(low: float, factor: float, count: int) -> None:
    values = grid(low, low * factor, count, logarithmic=True)
    assert len(values) == count
    assert math.isclose(values[0], low, rel_tol=1e-3) and math.isclose(values[-1], low * factor, rel_tol=1e-3)
    steps = [math.log(b / a) for a, b in pairwise(values)]
    assert max(steps) - min(steps) < 4e-3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("optimizer.name", "does not say what varies"),
        ("optimizer.name=", "has no values"),
        ("optimizer.name=,,", "has no values"),
        ("optimizer.learning_rate=1..1e-3:9", "is no range"),
        ("optimizer.learning_rate=0..1:9", "LOW above 0"),
        ("optimizer.learning_rate=1e-3..1:1", "at least 2"),
        ("optimizer.learning_rate=1e-3..inf:9", "is no range"),
        ("optimizer.learning_rate=a..b:9", "is no range"),
        ("optimizer.learning_rate=1e-3..1:999999", "at most 1000"),
    ],
)
def test_what_is_no_variation_is_told_with_the_form(text: str, said: str) -> None:
    with pytest.raises(InvalidExperiment, match=said):
        varied([text], RUN)


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(InvalidExperiment) as told:
        varied(["network.depth=", "optimizer.learning_rate=3..1:2", "run.seed=1,2", "run.seed=3"], RUN)
    assert len(told.value.mistakes) == 3


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["optimizer.nmae=sgd,adam"], "Did you mean name"),
        (["optimizer.name=sgd,adamm"], "adam"),
        (["optimizer.name=sgd,adam", "optimizer.betas=[0.9,0.99]"], "betas"),
        (["network.depth=0,1"], "network.depth"),
        (["nonsense=1,2"], "nonsense"),
    ],
)
def test_values_that_do_not_fit_are_told_before_anything_starts(texts: list[str], said: str) -> None:
    with pytest.raises(InvalidExperiment, match=said):
        study(RUN, varied(texts, RUN))


def test_a_million_cells_are_refused_with_their_number_and_what_would_do() -> None:
    texts = ["optimizer.learning_rate=1e-5..1:1000", "clip.threshold=1e-3..10:1000"]
    with pytest.raises(InvalidStudy, match=r"8 000 000 cells.*10 000"):
        study(RUN.changed({"clip.by": "norm"}), varied(texts, RUN))
    assert MOST_CELLS == 10_000


def test_folds_that_cannot_be_and_judges_that_cannot_judge_are_refused() -> None:
    wine = experiment({"task": {"name": "wine"}})
    with pytest.raises(InvalidStudy, match="2 to 142"):
        study(wine, folds=143)
    with pytest.raises(InvalidStudy, match="2 to 142"):
        study(wine, folds=1)
    with pytest.raises(InvalidStudy, match="validation_loss"):
        study(wine, by="validaton_loss")
    with pytest.raises(InvalidStudy, match="no classes"):
        study(experiment({"task": {"name": "sine"}}), by="validation_accuracy")
