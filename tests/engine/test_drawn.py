"""What the screen presumes of a run before it exists, against the run."""

from __future__ import annotations

import pytest

from gradtui.catalog.activations import ACTIVATIONS
from gradtui.catalog.networks import FAMILIES
from gradtui.core.experiments.experiment import experiment
from gradtui.core.experiments.fitting import fitting
from gradtui.core.experiments.layers import layer_names
from gradtui.core.measured.drawn import drawn
from gradtui.core.measured.frame import OVER_TIME, QUANTITIES
from gradtui.core.theory.foreseen import foresee
from gradtui.engine.training.trainer import prepare

CASES = [(family, {}) for family in FAMILIES] + [
    (family, {"activation": name}) for family in ("mlp", "rnn") for name in ACTIVATIONS
]


@pytest.mark.parametrize(("family", "network"), CASES, ids=str)
def test_layers_and_quantities_are_those_that_a_run_measures(family: str, network: dict[str, str]) -> None:
    task = {"name": fitting(family)[0]}
    made = experiment({"network": {"family": family, **network}, "task": task, "run": {"steps": 1, "device": "cpu"}})
    training = prepare([made])
    (frame,) = training.frames()
    assert layer_names(made.network) == training.layers
    measured = {name for name in QUANTITIES if any(value is not None for value in frame.layers[name])}
    assert {*drawn(made)} == measured | ({OVER_TIME.name} if frame.gradient_over_time else set())
    assert foresee(made).time_steps == training.stack.time_steps
