"""Why a run does not learn, without a screen."""

from __future__ import annotations

from dataclasses import dataclass

from gradtui.core.experiments.experiment import Experiment
from gradtui.core.experiments.refusal import Refused
from gradtui.headless.racing import drive
from gradtui.study.causes import Why
from gradtui.study.question import answer, question
from gradtui.worker import racing


@dataclass(frozen=True)
class Asked:
    """What was found, None where a signal stopped it, and its number, or 0."""

    found: Why | None
    signal: int


def diagnose(title: str, experiment: Experiment, budget: float) -> Asked:
    """Find why an experiment does not learn. Raises Refused where it cannot be trained, InvalidStudy where the budget is small."""
    made = racing.ask(title, question(experiment, budget))
    try:
        signal = drive(made.studying)
    finally:
        made.studying.scheduler.close()
    if made.studying.problem:
        raise Refused(made.studying.problem)
    return Asked(None if signal else answer(made.question, made.studying.results), signal)
