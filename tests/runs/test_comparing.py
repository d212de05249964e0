"""Runs side by side: what differs in their experiments, and from which step on they differ."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gradtui.core.experiments.experiment import experiment
from gradtui.core.measured.protocol import Sampled
from gradtui.runs.about import About
from gradtui.runs.comparing import differences, parting
from gradtui.runs.folder import Found
from tests.worker.frames import frame


def run(losses: dict[int, float]) -> Found:
    about = About(title="A", preset="", experiment=experiment().tables(), began=datetime.now(UTC), environment={}, data="")
    reports = tuple((at, Sampled(run=0, frame=frame(step, loss))) for at, (step, loss) in enumerate(losses.items()))
    return Found(Path("/runs/a"), about, reports, len(reports), "", False)


def test_every_key_that_differs_stands_with_the_values_of_all() -> None:
    first = experiment({"optimizer": {"name": "adam", "learning_rate": 0.01}})
    second = experiment({"optimizer": {"name": "sgd", "learning_rate": 0.01}})
    assert differences([first, first, first]) == {}
    found = differences([first, second, first])
    assert found["optimizer.name"] == ("adam", "sgd", "adam") and "optimizer.learning_rate" not in found
    assert found["optimizer.betas"] == ((0.9, 0.999), None, (0.9, 0.999))


SAME = {1: 3.0, 10: 2.0, 20: math.nan}


@pytest.mark.parametrize(
    ("losses", "words"),
    [
        ([SAME, SAME], "the same but for rounding at all 3 steps"),
        ([SAME, {1: 3.0, 10: 2.0 * (1 + 1e-7), 15: 9.0, 20: math.nan}], "the same but for rounding at all 3 steps"),
        ([SAME, {1: 3.0, 10: 2.0002, 20: math.nan}], "until step 1, and differ at step 10"),
        ([SAME, SAME, {1: 3.0, 10: 2.0, 20: 1.0}], "until step 10, and differ at step 20"),
        ([SAME, {1: math.inf, 10: 2.0}], "differ from step 1 on"),
        ([SAME, {2: 3.0}], "no step in common"),
        ([{}, SAME], "no step in common"),
    ],
)
def test_the_first_step_at_which_they_differ(losses: list[dict[int, float]], words: str) -> None:
    assert words in parting([*map(run, losses)])
