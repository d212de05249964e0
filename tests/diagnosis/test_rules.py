"""Rules: none raises, whatever a run holds; each sees its symptom and leaves healthy runs alone."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradtui.core.experiment import Experiment, experiment
from gradtui.core.frame import QUANTITIES, Frame, Spread
from gradtui.diagnosis.case import Case
from gradtui.diagnosis.examiner import Examiner
from gradtui.diagnosis.fixes import offered
from gradtui.diagnosis.registry import RULES
from gradtui.diagnosis.rules import Symptom
from gradtui.engine.trainer import prepare
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
    examiner = Examiner(made, known)
    shown = [data.draw(frames(layers, at)) for at in range(1, count + 1)]
    for at, one in enumerate(shown * (30 if repeated else 1)):
        examiner.observe(one.model_copy(update={"step": 1 + at}), made)
    for rule in RULES.values():
        answer = rule.judge(Case(made, known, examiner.history))
        if isinstance(answer, Symptom):
            assert answer.what and answer.evidence and answer.meaning and answer.source
            for fix in offered(made, *answer.fixes):
                assert made.changed(fix.set) != made


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12])
def test_gradients_are_judged_by_their_profile_at_any_scale(scale: float) -> None:
    def scaled(values: list[float]) -> dict[str, list[float | None]]:
        return {"activation_gradient": [scale * value for value in values]}

    vanishing = judged("vanishing-gradients", case(frame(1, hidden=scaled(FALLING["activation_gradient"])), activation="sigmoid"))
    assert isinstance(vanishing, Symptom) and vanishing.layers == ("1", "2", "3") and vanishing.severity == "critical"
    assert offered(experiment({"network": {"activation": "sigmoid"}}), *vanishing.fixes)[0].title == "ReLU with He weights"
    assert judged("exploding-gradients", case(frame(1, hidden=scaled(FALLING["activation_gradient"])))) is None
    growing = case(frame(1, hidden=scaled(FALLING["activation_gradient"][::-1])))
    assert isinstance(judged("exploding-gradients", growing), Symptom) and judged("vanishing-gradients", growing) is None
    level = case(frame(1, hidden=scaled([1.0] * 5)))
    assert judged("vanishing-gradients", level) is None and judged("exploding-gradients", level) is None


@pytest.mark.parametrize(("level", "found"), [(30, False), (10, True)], ids=["for the smaller part", "most of the time"])
def test_what_vanishes_does_so_most_of_the_time(level: int, found: bool) -> None:
    """Gradients that a run begins with show what its weights are like; what comes late is the rate's doing."""
    shown = [frame(at, hidden=LEVEL if at <= level else FALLING) for at in range(1, 51)]
    assert isinstance(judged("vanishing-gradients", case(*shown)), Symptom) is found


def test_a_step_that_jumped_explains_a_loss_that_stays() -> None:
    """The opening alone had long steps; what comes later hardly moves, and is not called too slow."""
    steps = [{"update_ratio": [3.0 if at < 20 else 1e-6] * 5} for at in LATE]
    made = case(*(frame(at, 1.0, hidden) for at, hidden in zip(LATE, steps, strict=True)))
    seen = judged("learning-rate-too-high", made)
    assert isinstance(seen, Symptom) and "lost its way" in seen.what
    assert judged("learning-rate-too-low", made) is None


@pytest.mark.parametrize(("longest", "rule", "what"), [(1e-3, "low", "comes down"), (3.0, "high", "long step")])
def test_a_run_that_ends_on_its_way_is_noted(longest: float, rule: str, what: str) -> None:
    steps = [(at, {"update_ratio": [longest if at == 1 else 1e-3] * 5}) for at in range(1, 1600, 30)]
    shown = case(*(frame(at, (0.6 if at % 150 == 31 else 1.0) * 0.9997**at, hidden) for at, hidden in steps))
    found = {name: judged(f"learning-rate-too-{name}", shown) for name in ("low", "high")}
    seen = found.pop(rule)
    assert isinstance(seen, Symptom) and seen.severity == "info" and what in seen.what and seen.fixes
    assert not any(found.values())


@pytest.mark.parametrize(("grown", "found"), [((1.0, 90.0, 1e5), True), ((1.0, 2.0, 1e5), False)], ids=["in most steps", "in one"])
def test_gradients_exploded_where_they_grew_in_most_steps_before_the_loss_was_lost(grown: tuple[float, ...], found: bool) -> None:
    rising = [{"activation_gradient": [ratio, 1.0, 1.0, 1.0, 1.0]} for ratio in grown]
    shown = [frame(at, 10.0**at, hidden) for at, hidden in enumerate(rising, start=1)]
    seen = judged("exploding-gradients", case(*shown))
    assert seen is None or (isinstance(seen, Symptom) and seen.severity == "info")
    lost = {"activation_gradient": [math.nan] * 5}
    seen = judged("exploding-gradients", case(*shown, frame(len(shown) + 1, math.nan, lost)))
    assert isinstance(seen, Symptom) is found
    assert seen is None or (isinstance(seen, Symptom) and seen.severity == "critical" and seen.certain)


@pytest.mark.parametrize(("first", "found"), [(LEVEL, True), (FALLING, False)], ids=["level at first", "by the weights"])
def test_steps_that_make_level_gradients_vanish_are_too_long(first: dict[str, list[float | None]], found: bool) -> None:
    short = FALLING | {"update_ratio": [1e-6] * 5}
    shown = case(*(frame(at, 1.0, first if at == 1 else short) for at in LATE))
    seen = judged("learning-rate-too-high", shown)
    assert (isinstance(seen, Symptom) and "vanish" in seen.what) is found
    assert judged("learning-rate-too-high", case(*(frame(at, 0.997**at, first if at == 1 else short) for at in LATE))) is None


@pytest.mark.parametrize("rises", [True, False])
def test_a_run_is_not_too_slow_where_validation_rises(rises: bool) -> None:
    kept = [(at, 1.0 + (at / 3000 if rises else -at / 3000)) for at in range(1, 2000, 30)]
    frames = [frame(at, 0.9998**at, LEVEL, validation_loss=loss) for at, loss in kept]
    assert isinstance(judged("learning-rate-too-low", case(*frames)), Symptom) is not rises


def test_what_has_learned_does_not_vanish() -> None:
    losses = [1.0, *[0.01] * 30]
    learned = case(*(frame(1 + at, loss, FALLING) for at, loss in enumerate(losses)))
    assert judged("vanishing-gradients", learned) is None


def test_gradients_over_time() -> None:
    seen = judged("vanishing-gradients", case(frame(1, gradient_over_time=(1e-8, 1e-4, 1.0)), task="adding", family="rnn"))
    assert isinstance(seen, Symptom) and seen.over_time
    recurrent = experiment({"network": {"family": "rnn"}, "task": {"name": "adding"}})
    assert offered(recurrent, *seen.fixes)[0].set["network.family"] == "gru"


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


def test_losses() -> None:
    flat = [frame(at, 1.1, LEVEL) for at in LATE]
    assert isinstance(judged("loss-not-decreasing", case(*flat)), Symptom)
    falling = [frame(at, 1.1 * 0.999**at, LEVEL) for at in LATE]
    assert judged("loss-not-decreasing", case(*falling)) is None
    climbing = [frame(at, 2.0 + at, LEVEL) for at in LATE]
    assert isinstance(judged("learning-rate-too-high", case(*climbing)), Symptom)
    fitted = [frame(at, 0.998**at, LEVEL, validation_loss=0.5 + 0.1 * (at / 500) ** 2) for at in LATE]
    seen = judged("overfitting", case(*fitted))
    assert isinstance(seen, Symptom) and offered(experiment({"run": {"steps": 2000}}), *seen.fixes)[0].set == {"run.steps": 1}
    for rule in ("non-finite", "learning-rate-too-high", "overfitting", "loss-oscillating"):
        assert not isinstance(judged(rule, case(*falling)), Symptom)


@pytest.mark.parametrize(("best", "title"), [(0.5, "Stop at step 1"), (1.5, "One layer of 8, AdamW at 0.01 with decay 3")])
def test_where_nothing_was_ever_better_than_guessing_stopping_is_no_remedy(best: float, title: str) -> None:
    fitted = [frame(at, 0.998**at, LEVEL, validation_loss=best + 0.1 * (at / 500) ** 2) for at in LATE]
    seen = judged("overfitting", case(*fitted))
    assert isinstance(seen, Symptom) and offered(experiment({"run": {"steps": 2000}}), *seen.fixes)[0].title == title


@pytest.mark.parametrize(
    ("training", "swing", "severity"),
    [(1.0, 0.3, "warning"), (1.0, 0.02, None), (0.05, 0.3, None), (None, 0.3, None)],
    ids=["swings", "only its batches differ", "has learned", "comes down"],
)
def test_a_loss_swings_on_samples_that_no_batch_chooses(training: float | None, swing: float, severity: str | None) -> None:
    """Losses of batches scatter by chance whatever the network does; validation does not."""
    rng = np.random.default_rng(0)
    batches = [(training or 0.997**at) * (1 + 0.3 * rng.standard_normal()) for at in LATE]
    kept = [1 + swing * rng.standard_normal() for _ in LATE]
    made = case(*(frame(at, loss, LEVEL, validation_loss=held) for at, loss, held in zip(LATE, batches, kept, strict=True)))
    known = replace(made, started=made.started.model_copy(update={"guessing": (1.0,)}))
    seen = judged("loss-oscillating", known)
    assert (seen.severity if isinstance(seen, Symptom) else None) == severity
    longer = judged("loss-oscillating", replace(known, experiment=made.experiment.changed({"run.steps": 3000})))
    assert isinstance(longer, Symptom) is (severity is not None)


def test_swings_early_in_a_run_may_settle() -> None:
    swinging = [frame(at, 1.0, LEVEL, validation_loss=1 + 0.9 * (at % 20 == 0)) for at in range(10, 210, 10)]
    early = case(*swinging)
    seen = judged("loss-oscillating", replace(early, experiment=early.experiment.changed({"run.steps": 500})))
    assert isinstance(seen, Symptom) and seen.severity == "info"


@pytest.mark.parametrize(("falls", "found"), [(True, True), (False, False)], ids=["training falls", "training rises too"])
def test_a_network_overfits_only_where_training_falls_on(falls: bool, found: bool) -> None:
    trained = [0.5 * (0.998 if falls else 1.0005) ** at for at in LATE]
    fitted = [frame(at, loss, LEVEL, validation_loss=1 + at / 1000) for at, loss in zip(LATE, trained, strict=True)]
    assert isinstance(judged("overfitting", case(*fitted)), Symptom) is found


@pytest.mark.parametrize(("optimizer", "severity"), [("momentum", "critical"), ("adam", "info")])
def test_an_optimizer_that_divides_by_the_gradients_size_may_make_up_for_its_growth(optimizer: str, severity: str) -> None:
    growing = case(frame(1, 1e6, {"activation_gradient": FALLING["activation_gradient"][::-1], "update_ratio": [1e-3] * 5}))
    seen = judged("exploding-gradients", replace(growing, experiment=growing.experiment.changed({"optimizer.name": optimizer})))
    assert isinstance(seen, Symptom) and seen.severity == severity


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_what_has_learned_is_told_by_guessing_where_the_first_loss_was_huge(scale: float) -> None:
    """A first loss of a thousand times guessing makes every later loss small; by guessing nothing has been learned."""
    losses = [1000.0, *[1.0] * (len(LATE) - 1)]
    made = case(*(frame(at, scale * loss, FALLING) for at, loss in zip(LATE, losses, strict=True)))
    assert judged("vanishing-gradients", made) is None
    known = replace(made, started=made.started.model_copy(update={"guessing": (scale,)}))
    assert isinstance(judged("vanishing-gradients", known), Symptom)


@pytest.mark.parametrize(("steps", "slow"), [(300, True), (1_000_000, False)])
def test_a_rate_is_too_low_for_the_length_of_a_run(steps: int, slow: bool) -> None:
    made = case(*(frame(at, 1.0, {"update_ratio": [1e-5] * 5}) for at in range(1, 100)))
    long = replace(made, experiment=made.experiment.changed({"run.steps": steps}))
    assert isinstance(judged("learning-rate-too-low", long), Symptom) is slow


def test_a_run_that_ends_at_once_is_told_why() -> None:
    """A gradient that explodes at the first step is told at the first look, as there may be no second one."""
    examiner = Examiner(experiment(), started(5))
    examiner.observe(frame(1, 1e6, {"activation_gradient": [1e9, 1e7, 1e5, 1e3, 1.0]}), experiment())
    examiner.observe(frame(2, math.nan), experiment())
    assert [finding.rule for finding in examiner.findings] == ["exploding-gradients", "non-finite"]


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
    optimizer = {"name": "momentum", "learning_rate": 0.1}
    made = experiment({"optimizer": optimizer, "run": {"steps": 600, "device": "cpu"}, **tables})
    training = prepare([made])
    examiner = Examiner(made, training.started())
    for one in training.frames():
        examiner.observe(one, made)
    found = {finding.rule for finding in examiner.findings}
    assert expected in found if expected else not found
