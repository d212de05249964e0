"""The rules of the loss and of the rate: too high, too low, swings, no way down, overfitting."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gradtui.core.experiments.experiment import experiment
from gradtui.diagnosis.fixes import offered
from gradtui.diagnosis.rules import Symptom
from tests.diagnosis.cases import FALLING, LATE, LEVEL, case, frame, judged


def test_a_step_that_jumped_explains_a_loss_that_stays() -> None:
    """The opening alone had long steps; what comes later hardly moves, and is not called too slow."""
    steps = [{"update_ratio": [3.0 if at < 20 else 1e-6] * 5} for at in LATE]
    made = case(*(frame(at, 1.0, hidden) for at, hidden in zip(LATE, steps, strict=True)))
    seen = judged("learning-rate-too-high", made)
    assert isinstance(seen, Symptom) and "lost its way" in seen.what
    assert judged("learning-rate-too-low", made) is None


@pytest.mark.parametrize(
    ("longest", "normalization", "rule", "severity", "what"),
    [
        (1e-3, "none", "low", "info", "comes down"),
        (3.0, "none", "high", "warning", "long step"),
        (3.0, "layer", "high", "info", "long step"),
    ],
)
def test_a_run_that_ends_on_its_way_is_told(longest: float, normalization: str, rule: str, severity: str, what: str) -> None:
    """Where layers are normalized, the length of their weights, and so a jump, matters less."""
    steps = [(at, {"update_ratio": [longest if at == 1 else 1e-3] * 5}) for at in range(1, 1600, 30)]
    shown = [frame(at, (0.6 if at % 150 == 31 else 1.0) * 0.9997**at, hidden) for at, hidden in steps]
    found = {name: judged(f"learning-rate-too-{name}", case(*shown, normalization=normalization)) for name in ("low", "high")}
    seen = found.pop(rule)
    assert isinstance(seen, Symptom) and seen.severity == severity and what in seen.what and seen.fixes
    assert not any(found.values())


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
    seen = judged("overfitting", case(*fitted))
    assert isinstance(seen, Symptom) is found and (not isinstance(seen, Symptom) or seen.severity == "warning")
    seen = judged("overfitting", case(*fitted[:30]))
    assert isinstance(seen, Symptom) is found and (not isinstance(seen, Symptom) or seen.severity == "info")


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
