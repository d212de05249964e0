"""Lanes that end before the others: what they leave, and that nobody else sees it."""

import itertools
import math

import pytest
import torch

from gradtui.catalog.optimizers import OPTIMIZERS
from gradtui.core.experiments.experiment import experiment
from gradtui.core.measured.protocol import Change, Stop
from gradtui.engine.training.controls import Controls
from gradtui.engine.training.trainer import prepare
from tests.engine import plain

STEPS, AT, LOST = 35, 17, 1
"""The second of three lanes is lost at a step that is not sampled."""
DIGITS = {"name": "digits"}
ADDING = {"name": "adding", "length": 10, "samples": 64}
STACKS = {
    "mlp": {},
    "batch norm": {"network": {"normalization": "batch"}},
    "layer norm": {"network": {"normalization": "layer"}},
    "cnn": {"network": {"family": "cnn", "activation": "relu"}, "task": DIGITS},
    "rnn": {"network": {"family": "rnn"}, "task": ADDING},
    "gru": {"network": {"family": "gru"}, "task": ADDING},
    "lstm": {"network": {"family": "lstm"}, "task": ADDING},
    "transformer": {"network": {"family": "transformer", "heads": 2}, "task": {"name": "text", "length": 8}},
    "plateau": {"schedule": {"name": "plateau", "window": 3, "patience": 0}},
    "clipping": {"clip": {"by": "norm", "threshold": 0.1}},
    **{name: {"optimizer": {"name": name, "learning_rate": 0.003}} for name in OPTIMIZERS},
}

STEEP = {"optimizer": {"name": "sgd"}, "network": {"activation": "linear"}, "task": {"name": "sine"}}
"""Long steps go over all bounds, at a step of each rate's own."""


def of(tables, *rates):
    """A lane for each rate; the rates differ, so that every lane is a tensor of its own to the optimizer."""
    base = {"network": {"depth": 2, "width": 8}, "optimizer": {}, "run": {"steps": STEPS, "batch_size": 16}}
    task = tables.get("task", {"name": "spirals", "samples": 50})
    made = experiment({**tables, **{name: {**base[name], **tables.get(name, {})} for name in base}, "task": task})
    return [made.changed({"optimizer.learning_rate": rate, "run.seed": at}) for at, rate in enumerate(rates)]


def spoiled(experiments):
    """Frames and outcomes of a run, and the run, in which the weights of one lane are no longer numbers from a step on."""
    training, made = prepare(experiments), []
    frames = training.frames()
    differentiate, calls = training.stack.differentiate, itertools.count(1)

    def watched(batch, sampled):
        if next(calls) == AT:
            training.stack.storage.weights[LOST] = math.nan
        return differentiate(batch, sampled)

    training.stack.differentiate = watched
    while True:
        try:
            made.append(next(frames))
        except StopIteration as end:
            return made, end.value, training


def timeless(frames, lane):
    return [frame.model_copy(update={"steps_per_second": None}) for frame in frames if frame.lane == lane]


@pytest.mark.parametrize("tables", STACKS.values(), ids=STACKS)
def test_a_lane_that_is_lost_changes_no_bit_of_the_others(tables):
    experiments = of(tables, 0.001, 0.002, 0.003)
    whole, _, healthy = plain.run(*experiments)
    frames, outcomes, training = spoiled(experiments)
    assert [outcome.status for outcome in outcomes] == ["done", "diverged", "done"]
    assert [outcome.step for outcome in outcomes] == [STEPS, AT, STEPS]
    for lane in (0, 2):
        assert timeless(frames, lane) == timeless(whole, lane)
        weights = training.stack.storage.weights[training.places.index(lane)]
        assert torch.equal(weights, healthy.storage.weights[lane])
        assert weights.isfinite().all()
    assert [frame.step for frame in frames if frame.lane == LOST] == [*range(1, 11), AT]


def test_a_lost_lane_ends_as_it_does_alone():
    lanes = of(STEEP, 0.01, 1000, 0.02)
    frames, outcomes, _ = plain.run(*lanes)
    alone, (single,), _ = plain.run(lanes[1])
    mine = timeless(frames, 1)
    assert [outcome.status for outcome in outcomes] == ["done", "diverged", "done"]
    assert [frame.step for frame in mine] == [frame.step for frame in alone]
    assert (outcomes[1].step, outcomes[1].divergence.layer, outcomes[1].divergence.what) == (
        single.step,
        single.divergence.layer,
        single.divergence.what,
    )
    assert [outcome.lane for outcome in outcomes] == [0, 1, 2] and outcomes[1].divergence.lane == 1
    assert mine[-1].layers["update_ratio"] == alone[-1].layers["update_ratio"] == (None,) * 3
    for lost in (mine[-1], alone[-1], outcomes[1], single):
        assert not math.isfinite(lost.validation_loss)  # which of the infinities and NaN depends on the processor's kernels


def test_the_step_that_loses_a_lane_moves_the_weights_of_the_others_only():
    training, found = prepare(of(STEEP, 0.01, 1000)), []
    stack, differentiate = training.stack, training.stack.differentiate

    def watched(batch, sampled):
        found.append(stack.storage.weights.clone())
        return differentiate(batch, sampled)

    stack.differentiate = watched
    last = next(frame for frame in training.frames() if not math.isfinite(frame.loss.last))
    assert last.lane == 1
    assert torch.equal(stack.storage.weights[1], found[-1][1])
    assert not torch.equal(stack.storage.weights[0], found[-1][0])


def test_a_run_whose_lanes_are_all_lost_is_over():
    frames, outcomes, _ = plain.run(*of(STEEP, 1000, 900))
    assert [outcome.status for outcome in outcomes] == ["diverged"] * 2
    assert max(frame.step for frame in frames) == max(outcome.step for outcome in outcomes) < STEPS


def test_a_run_that_is_stopped_keeps_how_its_lost_lanes_ended():
    training, controls = prepare(of(STEEP, 0.01, 1000)), Controls()
    frames = training.frames(controls)
    with pytest.raises(StopIteration) as end:
        while True:
            if next(frames).step == 20:
                assert training.running == [0]
                controls.send(Stop())
    assert [outcome.status for outcome in end.value.value] == ["stopped", "diverged"]
    assert end.value.value[0].step == 20 and end.value.value[0].validation_loss is not None


@pytest.mark.parametrize("asked", [{15}, {12, 15, 49}, {3}])
def test_steps_that_are_asked_for_are_sampled_and_validated_and_change_no_number(asked):
    made = plain.of({"run": {"steps": 50}})
    whole, _, stack = plain.run(made)
    training = prepare([made])
    frames = list(training.frames(also=asked))
    assert {frame.step for frame in frames} == {frame.step for frame in whole} | asked
    assert all(frame.validation_loss is not None for frame in frames if frame.step in asked)
    assert sum(frame.loss.count for frame in frames) == 50
    assert torch.equal(training.stack.storage.weights, stack.storage.weights)


def dropped(experiments, at, lanes):
    """Frames and outcomes of a run in which lanes are dropped after a step, and the run."""
    training, made = prepare(experiments), []
    frames = training.frames()
    while True:
        try:
            made.append(next(frames))
        except StopIteration as end:
            return made, end.value, training
        if made[-1].step == at:
            training.drop(lanes)


@pytest.mark.parametrize("tables", STACKS.values(), ids=STACKS)
def test_dropping_lanes_changes_no_bit_of_the_others_and_they_cost_nothing_more(tables):
    experiments = of(tables, 0.001, 0.002, 0.003, 0.004, 0.005)
    whole, _, healthy = plain.run(*experiments)
    frames, outcomes, training = dropped(experiments, 10, (0, 3))
    assert [outcome.status for outcome in outcomes] == ["stopped", "done", "done", "stopped", "done"]
    assert [outcome.step for outcome in outcomes] == [10, STEPS, STEPS, 10, STEPS]
    assert training.places == [1, 2, 4] and len(training.stack.storage.weights) == 3
    for place, lane in enumerate(training.places):
        assert timeless(frames, lane) == timeless(whole, lane)
        assert torch.equal(training.stack.storage.weights[place], healthy.storage.weights[lane])
    assert max(frame.step for frame in frames if frame.lane in (0, 3)) == 10


def test_lanes_with_one_optimizer_are_one_tensor_before_and_after():
    made = of({}, *[0.01] * 6)
    whole, _, healthy = plain.run(*made)
    frames, _, training = dropped(made, 10, (1, 2, 5))
    assert training.places == [0, 3, 4]
    for place, lane in enumerate(training.places):
        assert timeless(frames, lane) == timeless(whole, lane)
        assert torch.equal(training.stack.storage.weights[place], healthy.storage.weights[lane])


def test_a_lane_that_is_left_alone_keeps_its_bits_and_all_that_are_dropped_end_the_run():
    made = of({}, 0.01, 0.02, 0.03)
    whole, _, healthy = plain.run(*made)
    frames, outcomes, training = dropped(made, 10, (0, 1))
    assert timeless(frames, 2) == timeless(whole, 2)
    assert torch.equal(training.stack.storage.weights[training.places.index(2)], healthy.storage.weights[2])
    _, outcomes, _ = dropped(made, 10, (0, 1, 2))
    assert [(outcome.status, outcome.step) for outcome in outcomes] == [("stopped", 10)] * 3


def test_a_live_change_reaches_the_lanes_that_are_left():
    made = of({}, 0.01, 0.02, 0.03)
    training, controls = prepare(made), Controls()
    for frame in training.frames(controls):
        if frame.step == 10:
            training.drop((1,))
        if frame.step == 20 and frame.lane == 0:
            controls.send(Change(key="optimizer.learning_rate", value=0.5))
    assert training.experiment(0).optimizer.learning_rate == training.experiment(2).optimizer.learning_rate == 0.5
    assert training.experiment(1).optimizer.learning_rate == 0.02
