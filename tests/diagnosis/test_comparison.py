"""The comparison of two runs, on histories whose outcome is plain."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradtui.core.experiments.experiment import experiment
from gradtui.core.measured.finding import Finding
from gradtui.core.measured.history import History
from gradtui.core.measured.run import Run
from gradtui.diagnosis.comparison import compare
from tests.worker.frames import frame

FALLS, STAYS, CLIMBS = (lambda step: math.exp(-step / 100)), (lambda step: 1.0), (lambda step: 1 + step / 100)
BREAKS = lambda step: 1.0 if step < 30 else math.nan  # noqa: E731


def finding(rule="vanishing-gradients", severity="critical", step=20, until=None):
    return Finding(rule=rule, severity=severity, step=step, what="", evidence="", meaning="", source="", until=until)


def trial(loss, steps=200, findings=(), **task):
    history = History()
    for step in range(1, steps + 1):
        history.add(frame(step, loss(step)))
    return Run(experiment({"task": task}), history=history, findings=tuple(findings))


SICK = trial(STAYS, findings=[finding()])


def test_a_shorter_run_is_judged_at_its_own_end_by_validation():
    def run(steps, findings=()):
        history = History()
        for step in range(1, steps + 1):
            history.add(frame(step, math.exp(-step / 50)).model_copy(update={"validation_loss": 1 + abs(step - 80) / 100}))
        return Run(experiment({"run": {"steps": steps}}), history=history, findings=tuple(findings))

    before = run(200, [finding("overfitting", "warning", step=150)])
    cured = compare(before, run(80))
    assert cured.verdict == "cured" and "validation loss at step 80 is 1.01, it was 2.19 at step 200" in cured.sentence
    stopped = Run(experiment({"run": {"steps": 100}}), history=run(80).history)
    assert compare(before, stopped).verdict == "too early"


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        (SICK, trial(FALLS), "cured"),
        (SICK, trial(STAYS), "cured"),
        (SICK, trial(FALLS, findings=[finding(until=120)]), "cured"),
        (SICK, trial(FALLS, findings=[finding()]), "better"),
        (SICK, trial(FALLS, findings=[finding("dead-units", "warning")]), "better"),
        (SICK, SICK, "no change"),
        (SICK, trial(CLIMBS), "no change"),
        (SICK, trial(CLIMBS, findings=[finding()]), "worse"),
        (SICK, trial(STAYS, findings=[finding(), finding("dead-units", "warning")]), "worse"),
        (SICK, trial(BREAKS), "worse"),
        (SICK, trial(BREAKS, 35), "worse"),
        (SICK, trial(FALLS, 40), "too early"),
        (SICK, trial(FALLS, 0), "too early"),
        (trial(BREAKS, 31, [finding("non-finite", step=30)]), trial(FALLS, 40), "too early"),
        (trial(BREAKS, 31, [finding("non-finite", step=30)]), trial(FALLS), "cured"),
        (trial(BREAKS, 31), trial(BREAKS, 31), "no change"),
        (trial(STAYS, 25, [finding()]), trial(FALLS, 25), "cured"),
        (trial(STAYS, 2000, [finding("overfitting", step=900)]), trial(STAYS, 800), "too early"),
        (trial(STAYS), trial(FALLS), "better"),
        (trial(FALLS), trial(STAYS), "worse"),
        (trial(STAYS, findings=[finding(severity="info")]), trial(STAYS), "no change"),
    ],
)
def test_the_verdict(before, after, verdict):
    comparison = compare(before, after)
    assert comparison.verdict == verdict
    assert comparison.sentence.startswith(verdict.capitalize())


def test_the_sentence_has_the_numbers_of_the_last_step_that_both_made():
    after = trial(FALLS, 300, [finding("dead-units", "warning")])
    assert compare(SICK, after).sentence == (
        "Better. Over: vanishing gradients. New: dead units. The loss at step 200 is 0.165, it was 1.00."
    )


LOSSES = st.lists(st.floats(width=32), max_size=80)
STEPS = st.integers(0, 99)
FINDINGS = st.lists(
    st.builds(
        finding,
        severity=st.sampled_from(["info", "warning", "critical"]),
        step=st.integers(0, 99),
        until=st.none() | st.integers(0, 99),
    ),
    max_size=3,
)
TRIALS = st.builds(lambda losses, found: trial(lambda step: losses[step - 1], len(losses), found), LOSSES, FINDINGS)


@given(TRIALS, TRIALS)
def test_whatever_the_runs_hold_there_is_a_verdict(before, after):
    assert compare(before, after).verdict in ("cured", "better", "no change", "worse", "too early")


@given(TRIALS)
def test_a_run_is_never_better_or_worse_than_itself(run):
    assert compare(run, run).verdict in ("no change", "too early")
