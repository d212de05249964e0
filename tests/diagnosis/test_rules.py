"""Rules: none raises, whatever a run holds; each sees its symptom and leaves healthy runs alone."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradtui.core.experiment import Experiment, experiment
from gradtui.core.frame import QUANTITIES, Frame, Spread
from gradtui.core.history import History
from gradtui.core.protocol import Started
from gradtui.diagnosis.case import Case
from gradtui.diagnosis.examiner import Examiner
from gradtui.diagnosis.fixes import lstm, offered, relu_he
from gradtui.diagnosis.registry import RULES
from gradtui.diagnosis.rules import Answer, Symptom
from gradtui.engine.trainer import prepare
from tests.strategies import experiments

NUMBERS = st.floats(width=32) | st.sampled_from([0.0, math.nan, math.inf, -math.inf, 1e-38, 1e30])


def spread(value: float) -> Spread:
    return Spread(last=value, low=value, mean=value, high=value)


def frame(step: int, loss: float = 1.0, hidden: dict[str, list[float | None]] | None = None, **fields: Any) -> Frame:
    layers = {name: (*values, None) for name, values in (hidden or {}).items()}
    return Frame(
        step=step, loss=spread(loss), gradient_norm=spread(fields.pop("norm", 1.0)), learning_rate=0.01, layers=layers, **fields
    )


def started(layers: int) -> Started:
    return Started(
        run=1, device="cpu", weights=1, layers=(*map(str, range(1, layers + 1)), "out"), predicted=((None,) * (layers + 1),)
    )


def case(*frames: Frame, layers: int = 5, task: str = "spirals", **network: Any) -> Case:
    history = History()
    for one in frames:
        history.add(one)
    return Case(experiment({"network": {"depth": layers, **network}, "task": {"name": task}}), started(layers), history)


def judged(rule: str, given: Case) -> Answer:
    return RULES[rule].judge(given)


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
    examiner = Examiner(made, started(layers))
    shown = [data.draw(frames(layers, at)) for at in range(1, count + 1)]
    for at, one in enumerate(shown * (30 if repeated else 1)):
        examiner.observe(one.model_copy(update={"step": 1 + at}), made)
    for rule in RULES.values():
        answer = rule.judge(Case(made, started(layers), examiner.history))
        if isinstance(answer, Symptom):
            assert answer.what and answer.evidence and answer.meaning and answer.source
            for fix in offered(made, *answer.fixes):
                assert made.changed(fix.set) != made


FALLING = {"activation_gradient": [1e-9, 1e-7, 1e-5, 1e-3, 0.1]}
LEVEL = {"activation_gradient": [0.1] * 5, "update_ratio": [1e-3] * 5}


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12])
def test_gradients_are_judged_by_their_profile_at_any_scale(scale: float) -> None:
    def scaled(values: list[float]) -> dict[str, list[float | None]]:
        return {"activation_gradient": [scale * value for value in values]}

    vanishing = judged("vanishing-gradients", case(frame(1, hidden=scaled(FALLING["activation_gradient"])), activation="sigmoid"))
    assert isinstance(vanishing, Symptom) and vanishing.layers == ("1", "2", "3") and vanishing.severity == "critical"
    assert vanishing.fixes[0] is relu_he
    assert judged("exploding-gradients", case(frame(1, hidden=scaled(FALLING["activation_gradient"])))) is None
    growing = case(frame(1, hidden=scaled(FALLING["activation_gradient"][::-1])))
    assert isinstance(judged("exploding-gradients", growing), Symptom) and judged("vanishing-gradients", growing) is None
    level = case(frame(1, hidden=scaled([1.0] * 5)))
    assert judged("vanishing-gradients", level) is None and judged("exploding-gradients", level) is None


def test_what_has_learned_does_not_vanish() -> None:
    losses = [1.0, *[0.01] * 30]
    learned = case(*(frame(1 + at, loss, FALLING) for at, loss in enumerate(losses)))
    assert judged("vanishing-gradients", learned) is None


def test_gradients_over_time() -> None:
    seen = judged("vanishing-gradients", case(frame(1, gradient_over_time=(1e-8, 1e-4, 1.0)), task="adding", family="rnn"))
    assert isinstance(seen, Symptom) and seen.over_time and seen.fixes[0] is lstm


@pytest.mark.parametrize(
    ("rule", "hidden", "severity"),
    [
        ("dead-units", {"dead": [0.0, 0.99, 0.99, 0.2, 0.1]}, "critical"),
        ("dead-units", {"dead": [0.0, 0.8, 0.1, 0.2, 0.1]}, "warning"),
        ("saturated-units", {"saturated": [0.95, 0.99, 0.0, 0.2, 0.1]}, "critical"),
        ("learning-rate-too-high", {"update_ratio": [0.2] * 5}, "warning"),
        ("learning-rate-too-low", {"update_ratio": [1e-8] * 5}, "warning"),
    ],
)
def test_a_share_or_a_step_beyond_its_threshold(rule: str, hidden: dict[str, list[float | None]], severity: str) -> None:
    seen = judged(rule, case(*(frame(at, hidden=hidden) for at in range(1, 30))))
    assert isinstance(seen, Symptom) and seen.severity == severity
    assert judged(rule, case(*(frame(at, hidden={name: [1e-3] * 5 for name in hidden}) for at in range(1, 30)))) is None


def test_losses() -> None:
    flat = [frame(10 * at + 1, 1.1, LEVEL) for at in range(30)]
    assert isinstance(judged("loss-not-decreasing", case(*flat)), Symptom)
    falling = [frame(10 * at + 1, 1.1 * 0.97**at, LEVEL) for at in range(30)]
    assert judged("loss-not-decreasing", case(*falling)) is None
    climbing = [frame(at + 1, 2.0**at, LEVEL) for at in range(30)]
    assert isinstance(judged("learning-rate-too-high", case(*climbing)), Symptom)
    swings = [one.model_copy(update={"loss": Spread(last=1.0, low=0.1, mean=1.0, high=4.0, count=10)}) for one in flat * 2]
    assert isinstance(judged("loss-oscillating", case(*swings)), Symptom)
    assert judged("loss-oscillating", case(*flat * 2)) is None
    fitted = [frame(10 * at + 1, 0.9**at, LEVEL, validation_loss=0.5 + 0.02 * at**2) for at in range(30)]
    assert isinstance(judged("overfitting", case(*fitted)), Symptom)
    for rule in ("non-finite", "learning-rate-too-high"):
        assert judged(rule, case(*falling)) is None


@pytest.mark.parametrize(("loss", "norm"), [(math.nan, 1.0), (math.inf, 1.0), (1.0, math.inf), (1.0, math.nan)])
def test_a_number_that_is_not_finite_is_told_at_once(loss: float, norm: float) -> None:
    examiner = Examiner(experiment(), started(4))
    found = examiner.observe(frame(1, loss, norm=norm), experiment())
    assert found is not None and [one.rule for one in found] == ["non-finite"]


def test_weights_that_begin_alike() -> None:
    zero = {"weight_gradient": [0.0] * 5}
    assert isinstance(judged("symmetric-initialization", case(frame(1, hidden=zero), initialization="zeros")), Symptom)
    assert judged("symmetric-initialization", case(frame(1, hidden=zero), initialization="he-normal")) is None


def test_a_finding_opens_and_closes_once_and_does_not_flicker() -> None:
    made = experiment({"network": {"depth": 5, "activation": "sigmoid"}})
    examiner = Examiner(made, started(5))
    for step in range(1, 400):
        sick = step < 200 and step % 7 != 0
        examiner.observe(frame(step, 1.0 + step, FALLING if sick else LEVEL), made)
    vanishing = [finding for finding in examiner.findings if finding.rule == "vanishing-gradients"]
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
    made = experiment({"optimizer": {"name": "momentum"}, "run": {"steps": 200, "device": "cpu"}, **tables})
    training = prepare([made])
    examiner = Examiner(made, training.started())
    for one in training.frames():
        examiner.observe(one, made)
    found = {finding.rule for finding in examiner.findings}
    assert expected in found if expected else not found
