"""What is asked of runs: by words and conditions, each against a plain reading of the same line."""

from __future__ import annotations

import math
import operator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradtui.core.experiments.experiment import experiment
from gradtui.runs.conditions import InvalidCondition, asked
from gradtui.runs.listing import Listed

ORDER = {">=": operator.ge, "<=": operator.le, "<": operator.lt, ">": operator.gt, "=": operator.eq, "!=": operator.ne}


def run(**told: Any) -> Listed:
    given = {"id": "20261130-relu", "path": "/runs/relu", "state": "done", "title": "ReLU, 20 layers"}
    return Listed(**{**given, "experiment": experiment().tables(), **told})


@given(st.floats(allow_nan=False), st.sampled_from(sorted(ORDER)), st.floats(allow_nan=False))
def test_numbers_compare_as_numbers(loss: float, sign: str, wanted: float) -> None:
    assert asked(f"loss{sign}{wanted!r}")(run(loss=loss)) == ORDER[sign](loss, wanted)


@pytest.mark.parametrize("value", [None, math.nan])
def test_what_is_no_number_is_only_different(value: float | None) -> None:
    for sign in ORDER:
        assert asked(f"loss{sign}1")(run(loss=value)) == (sign == "!=")


@pytest.mark.parametrize(
    "words",
    [
        *("relu", "RELU layers", "state=done", "state=DONE relu", "state!=diverged", "optimizer.learning_rate<=1", "depth>=1"),
        *("tag=good", "tag!=bad", "finding=dead-units", "started>=2026-11", "started<2027", "loss=", "steps>", "batch_size=64"),
    ],
)
def test_holds(words: str) -> None:
    one = run(tags=("good", "deep"), findings=("dead-units",), started=datetime(2026, 11, 30, tzinfo=UTC))
    assert asked(words)(one)


@pytest.mark.parametrize("words", ["tanh", "relu tanh", "state=diverged", "state=don", "tag=ba", "tag!=good", "depth<1", "loss<x"])
def test_holds_not(words: str) -> None:
    assert not asked(words)(run(tags=("good",), loss=0.5))


@pytest.mark.parametrize(("words", "meant"), [("los<1", "loss"), ("learning_rat>1", "learning_rate")])
def test_what_no_run_has_is_told_with_what_was_meant(words: str, meant: str) -> None:
    with pytest.raises(InvalidCondition, match=f"No run has.*{meant}"):
        asked(words)


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_question_or_a_sentence(words: str) -> None:
    try:
        asked(words)(run())
    except InvalidCondition as error:
        assert str(error).startswith("No run has") and str(error).isprintable()
