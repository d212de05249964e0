"""Vanishing and exploding gradients: what is told of a profile, when, and when not."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from gradtui.core.experiments.experiment import experiment
from gradtui.diagnosis.fixes import offered
from gradtui.diagnosis.rules import Symptom
from tests.diagnosis.cases import FALLING, LEVEL, case, frame, judged


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


@pytest.mark.parametrize("after", [0.01, 2.0], ids=["and stays so", "and is lost again"])
def test_what_has_learned_does_not_vanish(after: float) -> None:
    losses = [1.0, *[0.01] * 30, *[after] * 30]
    learned = case(*(frame(1 + at, loss, FALLING, validation_loss=loss) for at, loss in enumerate(losses)))
    assert judged("vanishing-gradients", learned) is None


def test_gradients_over_time() -> None:
    seen = judged("vanishing-gradients", case(frame(1, gradient_over_time=(1e-8, 1e-4, 1.0)), task="adding", family="rnn"))
    assert isinstance(seen, Symptom) and seen.over_time
    recurrent = experiment({"network": {"family": "rnn"}, "task": {"name": "adding"}})
    assert offered(recurrent, *seen.fixes)[0].set["network.family"] == "gru"


@pytest.mark.parametrize(("optimizer", "severity"), [("momentum", "critical"), ("adam", "info")])
def test_an_optimizer_that_divides_by_the_gradients_size_may_make_up_for_its_growth(optimizer: str, severity: str) -> None:
    growing = case(frame(1, 1e6, {"activation_gradient": FALLING["activation_gradient"][::-1], "update_ratio": [1e-3] * 5}))
    seen = judged("exploding-gradients", replace(growing, experiment=growing.experiment.changed({"optimizer.name": optimizer})))
    assert isinstance(seen, Symptom) and seen.severity == severity


@pytest.mark.parametrize(("quantity", "found"), [("dead", False), ("saturated", True)])
def test_dead_units_explain_vanishing_and_saturated_ones_are_how_it_comes(quantity: str, found: bool) -> None:
    shown = [frame(at, hidden=(LEVEL if at == 1 else FALLING) | {quantity: [0.1, 0.9, 0.9, 0.2, 0.1]}) for at in range(1, 51)]
    assert isinstance(judged("vanishing-gradients", case(*shown)), Symptom) is found
