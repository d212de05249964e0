"""A run that was left and gone on with ends with the same bits as one that never was, whatever it is made of."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradtui.catalog.networks import FAMILIES
from gradtui.catalog.optimizers import OPTIMIZERS
from gradtui.catalog.schedules import SCHEDULES
from gradtui.core.experiments.experiment import Experiment, experiment
from gradtui.core.experiments.fitting import fitting
from gradtui.core.measured.frame import Frame
from gradtui.core.measured.protocol import Changed
from gradtui.engine.training.checkpoint import State, Unfit, capture, restore
from gradtui.engine.training.retrace import Retrace
from gradtui.engine.training.trainer import prepare

STEPS = 40


def small(**tables: dict[str, Any]) -> Experiment:
    network = {"depth": 2, "width": 8, **tables.pop("network", {})}
    run = {"steps": STEPS, "batch_size": 16, **tables.pop("run", {})}
    return experiment({"network": network, "run": run, **tables})


def numbers(frame: Frame) -> dict[str, Any]:
    return frame.model_dump(mode="json", exclude={"steps_per_second"})


def whole(made: Experiment) -> tuple[list[dict[str, Any]], State, list[State]]:
    """All frames, the state at the end, and that at every frame."""
    training = prepare([made])
    frames, states = [], []
    for frame in training.frames():
        frames.append(numbers(frame))
        states.append(capture(training))
    return frames, capture(training), states


def same(one: State, other: State) -> bool:
    return set(one.tensors) == set(other.tensors) and all(
        one.tensors[name].tobytes() == other.tensors[name].tobytes() for name in one.tensors
    )


def check(made: Experiment, at: int) -> None:
    """Left at a frame and gone on with, everything after it is the same."""
    frames, end, states = whole(made)
    at = min(at, len(states) - 1)
    again = prepare([made])
    restore(again, states[at])
    assert [numbers(frame) for frame in again.frames()] == frames[at + 1 :]
    assert same(capture(again), end)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_goes_on(name: str) -> None:
    check(small(optimizer={"name": name}), 11)


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_schedule_goes_on(name: str) -> None:
    check(small(optimizer={"name": "adam"}, schedule={"name": name, "warmup": 5}, task={"samples": 64}), 12)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_goes_on(family: str) -> None:
    check(small(network={"family": family}, task={"name": fitting(family)[0]}, optimizer={"name": "adam"}, run={"steps": 24}), 11)


@pytest.mark.parametrize("by", ["none", "norm", "value"])
@pytest.mark.parametrize("normalization", ["none", "batch"])
def test_clipping_and_running_statistics_go_on(by: str, normalization: str) -> None:
    clip = {"by": by} if by == "none" else {"by": by, "threshold": 0.01}
    check(small(clip=clip, network={"normalization": normalization}, optimizer={"name": "momentum"}), 11)


@given(st.integers(0, STEPS), st.booleans(), st.integers(1, 80))
def test_at_any_frame_of_any_batches(at: int, shuffle: bool, batch_size: int) -> None:
    check(small(run={"shuffle": shuffle, "batch_size": batch_size}, task={"samples": 100}), at)


def test_a_state_of_another_run_is_refused() -> None:
    state = whole(small())[2][3]
    with pytest.raises(Unfit, match="shape"):
        restore(prepare([small(network={"width": 9})]), state)
    with pytest.raises(Unfit):
        restore(prepare([small()]), State(state.tensors, {}))
    weights = prepare([small(optimizer={"name": "adam"})])
    restore(weights, state, weights_only=True)
    assert weights.made == state.values["made"]
    assert np.array_equal(capture(weights).tensors["weights"], state.tensors["weights"])


def test_it_is_trained_again_with_the_changes_that_were_made() -> None:
    """A run whose rate was changed, and which was stepped, is the same once its known steps are made again."""
    made = small(optimizer={"name": "adam"}, run={"steps": 100})
    changes = {13: [Changed(run=0, step=13, key="optimizer.learning_rate", value=0.1)]}
    sampled = frozenset({14, 15, 16, 20})
    training = prepare([made])
    first = training.frames(Retrace().lead(changes, sampled, 50, {}))
    frames, states = [], []
    for frame in first:
        frames.append(numbers(frame))
        states.append(capture(training))
    assert {14, 15, 16} <= {frame["step"] for frame in frames} and frames[-1]["learning_rate"] == 0.1
    for at in (5, 12, len(frames) - 1):
        again = prepare([experiment(states[at].values["experiment"])])
        restore(again, states[at])
        step = states[at].values["made"]
        later = {when: made for when, made in changes.items() if when >= step}
        rest = [numbers(frame) for frame in again.frames(Retrace().lead(later, sampled, 50, {}))]
        assert rest == frames[at + 1 :]
        assert same(capture(again), capture(training))
    assert math.isfinite(frames[-1]["loss"]["last"])
