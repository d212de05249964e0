"""Causes: what a table of results says, and what it does not."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradtui.core.experiments.experiment import experiment
from gradtui.core.measured.result import Result
from gradtui.study.causes import judged, left, why
from gradtui.study.suspects import Suspect

LOSSES = st.floats(0, 5) | st.sampled_from([math.nan, math.inf])


def result(loss: float, status: str = "done") -> Result:
    return Result(cell="0" * 16, status=status, validation_loss=loss, loss=loss, guessing=2.0)


def suspect(unusual: float, name: str = "weight_decay") -> Suspect:
    key = f"optimizer.{name}"
    return Suspect({key: 0.0}, {key: 0.2}, unusual, experiment())


def test_what_is_left_is_the_median_share_of_guessing() -> None:
    assert left([result(1.0)]) == 0.5 and left([result(1.0), result(2.0), result(0.0)]) == 0.5
    assert left([result(1.0, "diverged")]) == left([]) == left([result(math.nan)]) == math.inf


@given(LOSSES, st.lists(LOSSES, min_size=1, max_size=6))
def test_better_is_never_judged_worse_and_only_what_gains_cures(base: float, others: list[float]) -> None:
    rank = ["worse", "no change", "helps", "cures"]
    now, after = left([result(base)]), [left([result(loss)]) for loss in others]
    best = min([now, *after])
    verdicts = [rank.index(judged(now, value, best)) for _, value in sorted(zip(after, after, strict=True))]
    assert verdicts == sorted(verdicts, reverse=True)
    for value in after:
        if judged(now, value, best) == "cures":
            assert value < now


def test_of_those_that_cure_the_most_unusual_is_the_cause() -> None:
    found = [(suspect(0.0, "eps"), [result(0.1)]), (suspect(2.0), [result(0.15)]), (suspect(3.0, "gain"), [result(1.9)])]
    said = why([result(1.9)], found, 100, 2.0)
    assert said.cause is not None and said.cause.set == {"optimizer.weight_decay": 0.0} and not said.healthy
    assert said.sentence.startswith("weight decay 0.2 is the cause: alone, weight decay 0 brings 95.0 %")
    assert "one other change does too" in said.sentence
    assert [one.verdict for one in said.suspects] == ["cures", "cures", "no change"]


@pytest.mark.parametrize(
    ("base", "others", "healthy", "words"),
    [
        (0.1, [0.1, 2.0, math.nan], True, "The run is well"),
        (1.9, [1.9, 1.95], False, "Nothing that was tried learns anything"),
        (1.5, [1.3, 1.9], False, "No single setting that was tried cures it"),
        (math.nan, [math.nan], False, "Nothing that was tried learns anything"),
        (0.1, [], True, "The run is well"),
    ],
)
def test_without_a_cause_it_says_what_is_so(base: float, others: list[float], healthy: bool, words: str) -> None:
    said = why([result(base)], [(suspect(1.0), [result(loss)]) for loss in others], 10, 1.0)
    assert said.cause is None and said.healthy == healthy and said.sentence.startswith(words)
