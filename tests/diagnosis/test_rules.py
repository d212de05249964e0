"""Rules: none raises, whatever a run holds; each sees its symptom and leaves healthy runs alone."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradtui.core.experiments.experiment import Experiment, experiment
from gradtui.core.measured.frame import QUANTITIES, Frame, Spread
from gradtui.core.measured.run import Run
from gradtui.diagnosis.examiner import Examiner
from gradtui.diagnosis.fixes import offered
from gradtui.diagnosis.registry import JUDGES
from gradtui.diagnosis.rules import Symptom
from gradtui.engine.training.trainer import prepare
from tests.diagnosis.cases import FALLING, LATE, LEVEL, case, frame, judged, started
from tests.strategies import experiments

NUMBERS = st.floats(width=32) | st.sampled_from([0.0, math.nan, math.inf, -math.inf, 1e-38, 1e30])


@st.composite
def frames(draw: st.DrawFn, layers: int, step: int) -> Frame:
    row = st.lists(st.none() | NUMBERS, min_size=layers, max_size=layers)
    low, last, high = draw(NUMBERS), draw(NUMBERS), draw(NUMBERS)
    loss = Spread(last=last, low=low, mean=last, high=high, count=3)
    return Frame(
        step=step,
        loss=loss,
        gradient_norm=loss,
        learning_rate=draw(NUMBERS),
        layers={name: (*draw(row), None) for name in draw(st.sets(st.sampled_from(list(QUANTITIES))))},
        gradient_over_time=tuple(draw(st.lists(NUMBERS, max_size=4))),
        validation_loss=draw(st.none() | NUMBERS),
        validation_accuracy=draw(st.none() | NUMBERS),
    )


@given(experiments(), st.sampled_from([1, 2, 5, 200]), st.integers(0, 6), st.booleans(), st.data())
def test_no_rule_raises_whatever_a_run_holds(
    made: Experiment, layers: int, count: int, repeated: bool, data: st.DataObject
) -> None:
    known = started(layers).model_copy(update={"guessing": tuple(data.draw(st.lists(NUMBERS, max_size=1)))})
    examiner = Examiner(Run(made, known))
    shown = [data.draw(frames(layers, at)) for at in range(1, count + 1)]
    for at, one in enumerate(shown * (30 if repeated else 1)):
        examiner.observe(one.model_copy(update={"step": 1 + at}), made)
    for judge in JUDGES.values():
        answer = judge(examiner.run)
        if isinstance(answer, Symptom):
            assert answer.what and answer.evidence and answer.meaning and answer.source
            for fix in offered(made, *answer.fixes):
                assert made.changed(fix.set) != made


@pytest.mark.parametrize(
    ("rule", "hidden", "severity", "falling"),
    [
        ("dead-units", {"dead": [0.0, 0.99, 0.99, 0.2, 0.1]}, "critical", "info"),
        ("dead-units", {"dead": [0.0, 0.8, 0.1, 0.2, 0.1]}, "warning", "info"),
        ("saturated-units", {"saturated": [0.95, 0.99, 0.0, 0.2, 0.1]}, "critical", "info"),
        ("learning-rate-too-high", {"update_ratio": [0.2] * 5}, "warning", "info"),
        ("learning-rate-too-low", {"update_ratio": [1e-8] * 5}, "warning", "warning"),
    ],
)
def test_a_share_or_a_step_beyond_its_threshold(
    rule: str, hidden: dict[str, list[float | None]], severity: str, falling: str
) -> None:
    seen = judged(rule, case(*(frame(at, hidden=hidden) for at in LATE)))
    assert isinstance(seen, Symptom) and seen.severity == severity
    early = judged(rule, case(*(frame(at, 0.99 ** (at / 10), hidden) for at in LATE[:20])))
    assert (early and early.severity) == falling
    assert judged(rule, case(*(frame(at, hidden={name: [1e-3] * 5 for name in hidden}) for at in LATE))) is None


def test_a_run_that_ends_at_once_is_told_why() -> None:
    """A gradient that explodes at the first step is told at the first look, as there may be no second one."""
    examiner = Examiner(Run(experiment(), started(5)))
    examiner.observe(frame(1, 1e6, {"activation_gradient": [1e9, 1e7, 1e5, 1e3, 1.0]}), experiment())
    examiner.observe(frame(2, math.nan), experiment())
    assert [finding.rule for finding in examiner.run.findings] == ["exploding-gradients", "non-finite"]


@pytest.mark.parametrize(("loss", "norm"), [(math.nan, 1.0), (math.inf, 1.0), (1.0, math.inf), (1.0, math.nan)])
def test_a_number_that_is_not_finite_is_told_at_once(loss: float, norm: float) -> None:
    examiner = Examiner(Run(experiment(), started(4)))
    found = examiner.observe(frame(1, loss, norm=norm), experiment())
    assert found is not None and [one.rule for one in found] == ["non-finite"]


def test_weights_that_begin_alike() -> None:
    zero = {"weight_gradient": [0.0] * 5}
    assert isinstance(judged("symmetric-initialization", case(frame(1, hidden=zero), initialization="zeros")), Symptom)
    assert judged("symmetric-initialization", case(frame(1, hidden=zero), initialization="he-normal")) is None


def test_a_finding_opens_and_closes_once_and_does_not_flicker() -> None:
    made = experiment({"network": {"depth": 5, "activation": "sigmoid"}})
    examiner = Examiner(Run(made, started(5)))
    for step in range(1, 400):
        sick = step < 200 and step % 7 != 0
        examiner.observe(frame(step, 1.0 + step, FALLING if sick else LEVEL), made)
    vanishing = [finding for finding in examiner.run.findings if finding.rule == "vanishing-gradients"]
    assert len(vanishing) == 1 and vanishing[0].step <= 3
    assert vanishing[0].until is not None and 200 <= vanishing[0].until < 300


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        (
            {"network": {"depth": 20, "width": 32, "activation": "sigmoid", "initialization": "xavier-normal"}},
            "vanishing-gradients",
        ),
        ({"network": {"depth": 10, "width": 32, "activation": "relu", "initialization": "normal"}}, "non-finite"),
        ({"network": {"depth": 3, "width": 16, "initialization": "zeros"}}, "symmetric-initialization"),
        ({"network": {"depth": 3, "width": 16}, "optimizer": {"learning_rate": 1e-8}}, "learning-rate-too-low"),
        ({"network": {"depth": 5, "width": 32, "activation": "relu", "initialization": "he-normal"}}, None),
        ({"network": {"depth": 3, "width": 32, "normalization": "layer"}}, None),
    ],
    ids=lambda value: str(value) if not isinstance(value, dict) else "",
)
def test_real_runs_are_told_what_is_wrong_and_healthy_ones_nothing(tables: dict[str, Any], expected: str | None) -> None:
    optimizer = {"name": "momentum", "learning_rate": 0.1}
    made = experiment({"optimizer": optimizer, "run": {"steps": 600, "device": "cpu"}, **tables})
    training = prepare([made])
    examiner = Examiner(Run(made, training.started()))
    for one in training.frames():
        examiner.observe(one, made)
    found = {finding.rule for finding in examiner.run.findings}
    assert expected in found if expected else not found
