"""Where rules begin to speak: just beyond their thresholds, and not just before."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gradtui.diagnosis.rules import Symptom
from tests.diagnosis.cases import LATE, LEVEL, case, frame, judged


def speaks(rule: str, *frames) -> str | None:
    """The severity with which a rule speaks of these frames."""
    seen = judged(rule, case(*frames))
    return seen.severity if isinstance(seen, Symptom) else None


@pytest.mark.parametrize(("share", "severity"), [(0.69, None), (0.7, "warning"), (0.94, "warning"), (0.95, "critical")])
def test_dead_units(share: float, severity: str | None) -> None:
    assert speaks("dead-units", *(frame(at, 1.0, LEVEL | {"dead": [0.0, share, 0.0, 0.0, 0.0]}) for at in LATE)) == severity


@pytest.mark.parametrize(("share", "severity"), [(0.49, None), (0.5, "warning"), (0.89, "warning"), (0.9, "critical")])
def test_saturated_units(share: float, severity: str | None) -> None:
    assert (
        speaks("saturated-units", *(frame(at, 1.0, LEVEL | {"saturated": [0.0, share, 0.0, 0.0, 0.0]}) for at in LATE)) == severity
    )


@pytest.mark.parametrize(("ratio", "severity"), [(69.0, None), (71.0, "warning"), (9e3, "warning"), (1.1e4, "critical")])
def test_exploding_gradients(ratio: float, severity: str | None) -> None:
    grown = {"activation_gradient": [ratio, 1.0, 1.0, 1.0, 1.0], "update_ratio": [1e-3] * 5}
    assert speaks("exploding-gradients", *(frame(at, 1.0, grown) for at in LATE)) == severity


@pytest.mark.parametrize(("ratio", "severity"), [(1.1e-3, None), (9e-4, "warning"), (1.1e-6, "warning"), (9e-7, "critical")])
def test_vanishing_gradients(ratio: float, severity: str | None) -> None:
    small = {"activation_gradient": [ratio, 1.0, 1.0, 1.0, 1.0], "update_ratio": [1e-3] * 5}
    assert speaks("vanishing-gradients", *(frame(at, 1.0, small) for at in LATE)) == severity


def overfitted(rise: float, training: float) -> str | None:
    """Validation of 1 until half of the run and `rise` after it, at a training loss that falls to this share of it."""
    half = len(LATE) // 2
    kept = [1.0] * half + [rise] * (len(LATE) - half)
    trained = np.geomspace(1.0, training, len(LATE))
    return speaks(
        "overfitting", *(frame(at, loss, LEVEL, validation_loss=held) for at, loss, held in zip(LATE, trained, kept, strict=True))
    )


def test_overfitting_needs_a_rise_and_a_training_loss_that_is_learned_and_below() -> None:
    assert (overfitted(1.09, 0.1), overfitted(1.12, 0.1)) == (None, "warning")
    assert (overfitted(1.5, 0.55), overfitted(1.5, 0.5)) == (None, "warning")


@pytest.mark.parametrize(("fall", "noise", "found"), [(0.0, 0.0, True), (0.02, 0.0, False), (0.005, 0.0, True), (0.03, 0.4, True)])
def test_a_loss_has_decreased_by_one_percent_and_by_more_than_chance(fall: float, noise: float, found: bool) -> None:
    """Losses of the last quarter lie lower by `fall`; what scatters by more than that says nothing."""
    rng = np.random.default_rng(0)
    quarter = len(LATE) * 3 // 4
    losses = [1.0 - fall * (number >= quarter) + noise * rng.standard_normal() for number in range(len(LATE))]
    shown = [frame(at, max(loss, 0.01), LEVEL) for at, loss in zip(LATE, losses, strict=True)]
    assert (speaks("loss-not-decreasing", *shown) is not None) is found


@pytest.mark.parametrize(("first", "what"), [(10.0, "stopped coming down"), (1.5, "has not decreased")])
def test_a_loss_that_came_down_and_stopped_is_told_apart(first: float, what: str) -> None:
    made = case(*(frame(at, first if at == 1 else 1.0, LEVEL) for at in LATE))
    seen = judged("loss-not-decreasing", replace(made, started=made.started.model_copy(update={"guessing": (1.0,)})))
    assert isinstance(seen, Symptom) and what in seen.what


def test_a_rate_of_zero_is_named_at_the_first_step() -> None:
    made = case(frame(1, 1.0, LEVEL))
    still = replace(made, experiment=made.experiment.changed({"optimizer.learning_rate": 0.0}))
    seen = judged("learning-rate-too-low", still)
    assert isinstance(seen, Symptom) and seen.certain and "is 0" in seen.what
