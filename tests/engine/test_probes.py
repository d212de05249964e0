"""Probes against slow oracles: plain networks with retain_grad, and loops."""

import math

import numpy as np
import pytest
import torch

from gradtui.core.experiments.experiment import experiment
from gradtui.core.measured.frame import QUANTITIES, STATISTICS
from gradtui.engine.probes import PROBES
from gradtui.engine.training import evaluation, trainer
from gradtui.engine.training.trainer import prepare
from tests.engine import plain

NETWORKS = {
    "plain": {},
    "residual": {"residual": True},
    "batch": {"normalization": "batch", "activation": "relu"},
    "layer": {"normalization": "layer", "activation": "sigmoid", "residual": True},
    "deep and tiny": {"depth": 22, "initialization": "normal", "std": 0.01},
    "large": {"depth": 12, "activation": "relu", "initialization": "normal", "std": 100.0},
}


def by_hand(made):
    """What every layer of the first step should show, written out."""
    stack = prepare([made]).stack
    model = plain.copy_of(stack).double()
    inputs, targets = next(stack.batches())
    loss = plain.criterion(made)(model(inputs[0].double()), targets[0])
    for h in model.outputs:
        h.retain_grad()
    loss.backward()
    slopes = [layer.weight.grad.flatten().tolist() for layer in model.layers]
    return {
        "mean_weight_gradient": [sum(map(abs, layer)) / len(layer) for layer in slopes],
        "largest_weight_gradient": [max(map(abs, layer)) for layer in slopes],
        "activation_gradient": [math.sqrt(sum(float(g) ** 2 for g in h.grad.flatten())) for h in model.outputs],
        "activation_gradient_rms": [math.sqrt(np.mean(h.grad.numpy() ** 2)) for h in model.outputs],
        "weight_gradient": [math.sqrt(sum(float(g) ** 2 for g in layer.weight.grad.flatten())) for layer in model.layers],
        "activation_mean": [np.mean(h.detach().numpy()) for h in model.outputs],
        "activation_std": [np.std(h.detach().numpy()) for h in model.outputs],
    }


def close(measured, expected):
    """Equal as far as float32 goes; a gradient of 1e-40 has few digits left there."""
    return measured == pytest.approx(expected, rel=2e-3, abs=1e-37)


def test_every_quantity_has_its_probe():
    assert list(PROBES) == [*QUANTITIES, *STATISTICS]


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
def test_layers_of_a_step(network):
    made = plain.of({"network": network})
    frame = plain.run(made)[0][0]
    for name, expected in by_hand(made).items():
        assert len(frame.layers[name]) == made.network.depth + 1
        assert close(frame.layers[name], expected), name


def test_norms_outlive_float32_squares():
    small = plain.run(plain.of({"network": NETWORKS["deep and tiny"]}, run={"steps": 1}))[0][0].layers["activation_gradient"]
    assert all(0 < norm < 1e-24 for norm in small[:4]), "their squares are 0 in float32"
    large = plain.run(plain.of({"network": NETWORKS["large"]}, run={"steps": 1}))[0][0]
    assert large.layers["activation_std"][-2] > 1e20 and math.isfinite(large.layers["activation_std"][-2])


@pytest.mark.parametrize("name", ["sgd", "adam"])
def test_update_ratio(name):
    made = plain.of(
        {"optimizer": {"name": name, "learning_rate": 0.1}, "clip": {"by": "norm", "threshold": 0.01}}, run={"steps": 1}
    )
    before = [linear.weight.detach().clone() for linear in prepare([made]).stack.network.weighted]
    frames, _, stack = plain.run(made)
    after = [linear.weight.detach() for linear in stack.network.weighted]
    expected = [(torch.norm(a - b) / torch.norm(b)).item() for a, b in zip(after, before, strict=True)]
    assert frames[0].layers["update_ratio"] == pytest.approx(expected, rel=1e-4)


def test_gradients_are_measured_before_clipping():
    free, clipped = (
        plain.run(plain.of({"clip": {"by": by, "threshold": 1e-6}}, run={"steps": 1}))[0][0] for by in ("none", "norm")
    )
    assert free.layers["weight_gradient"] == clipped.layers["weight_gradient"]
    assert free.gradient_norm == clipped.gradient_norm
    assert free.layers["update_ratio"] != clipped.layers["update_ratio"]


def test_dead_units_after_the_update_on_the_validation_set():
    made = plain.of({"network": {"activation": "relu", "width": 16, "depth": 4}}, run={"steps": 1, "seed": 1})
    frames, _, stack = plain.run(made)
    model = plain.copy_of(stack)
    model(stack.validation.inputs[0])
    shares = [sum(not any(unit) for unit in h.T.tolist()) / h.shape[1] for h in model.activated]
    assert frames[0].layers["dead"] == pytest.approx([*shares, None])
    assert any(shares)


@pytest.mark.parametrize(
    ("activation", "low", "high"), [("sigmoid", 0.015, 0.985), ("tanh", -0.97, 0.97), ("softsign", -0.7569, 0.7569)]
)
def test_saturated_outputs_on_the_validation_set(activation, low, high):
    network = {"activation": activation, "initialization": "normal", "std": 20.0, "residual": True}
    frames, _, stack = plain.run(plain.of({"network": network}, run={"steps": 1}))
    model = plain.copy_of(stack)
    model(stack.validation.inputs[0])
    shares = [np.mean([not low < a < high for a in h.flatten().tolist()]) for h in model.activated]
    assert frames[0].layers["saturated"] == pytest.approx([*shares, None])
    assert any(shares)


def recurrent(activation, **run):
    """A stack whose 250 validation samples of 50 time steps do not all pass at once."""
    network = {"family": "rnn", "activation": activation, "width": 8}
    return prepare([experiment({"network": network, "task": {"name": "adding", "samples": 1000}, "run": run})]).stack


def test_a_unit_that_only_the_last_sample_wakes_is_alive():
    stack = recurrent("relu")
    with torch.no_grad():
        stack.storage.weights.zero_()
        stack.network.weighted[0].weight[0, 0, :2] = 1
        stack.validation.inputs[0, :-1] = 0
        stack.validation.inputs[0, -1] = 1
    step = stack.differentiate(next(stack.batches()), sampled=True)
    (measured,) = stack.measure(step, [], stack.validate())
    assert measured["dead"] == (6 / 8, None)
    assert measured["rarely_active"] == (1, None)
    assert measured["inactive"] == (1 - 2 / 8 / 250, None)


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_counts_of_parts_are_those_of_the_whole(activation, monkeypatch):
    stack = recurrent(activation, seed=1)
    stack.storage.weights.mul_(20 if activation == "tanh" else 1)
    parts = stack.validate()
    monkeypatch.setattr(evaluation, "_ROWS", 1 << 20)
    whole = stack.validate()
    shares = whole.units.shares()
    assert shares and all(0 < float(share.mean()) < 1 for (share,) in shares.values())
    for name, (share,) in parts.units.shares().items():
        torch.testing.assert_close(share, shares[name][0], rtol=1e-3, atol=1e-3)
    assert parts.loss == pytest.approx(whole.loss, rel=1e-4)


@pytest.mark.parametrize("quantity", ["dead", "saturated"])
def test_help_names_the_samples_that_are_looked_at(quantity):
    assert f"first {evaluation.SAMPLES} validation samples" in QUANTITIES[quantity].help


def first_validated(network):
    """The first step's frame, and the network after it on the validation set."""
    frames, _, stack = plain.run(plain.of({"network": network}, run={"steps": 1, "seed": 1}))
    model = plain.copy_of(stack)
    model(stack.validation.inputs[0])
    return frames[0].layers, [h.tolist() for h in model.activated]


def test_zero_entries_of_weight_gradients():
    """Dead units' weights have zero gradients; the sum over layers is the network's share."""
    made = plain.of({"network": {"activation": "relu", "width": 16, "depth": 4}}, run={"steps": 1, "seed": 1})
    stack = prepare([made]).stack
    model = plain.copy_of(stack)
    inputs, targets = next(stack.batches())
    plain.criterion(made)(model(inputs[0]), targets[0]).backward()
    gradients = [layer.weight.grad.flatten().tolist() for layer in model.layers]
    total = sum(map(len, gradients))
    measured = plain.run(made)[0][0].layers["zero_weight_gradients"]
    assert measured == pytest.approx([sum(entry == 0 for entry in layer) / total for layer in gradients])
    assert sum(measured) > 0


def test_activity_of_relu():
    layers, activated = first_validated({"activation": "relu", "width": 16, "depth": 4})
    flat = [[value for row in h for value in row] for h in activated]
    assert layers["inactive"] == pytest.approx([*(sum(v <= 0 for v in h) / len(h) for h in flat), None])
    rare = [sum(sum(v > 0 for v in unit) < 0.01 * len(unit) for unit in zip(*h, strict=True)) / 16 for h in activated]
    assert layers["rarely_active"] == pytest.approx([*rare, None])
    assert any(rare) and "stuck" not in layers


@pytest.mark.parametrize(
    ("activation", "inverse", "low", "high"),
    [("sigmoid", lambda h: math.log(h / (1 - h)) if 0 < h < 1 else math.inf, -23, 16.99999), ("tanh", math.atanh, -9.4999, 9.4999)],
)
def test_sigmoid_and_tanh_beyond_the_limits_of_others(activation, inverse, low, high):
    """By the pre-activation that an output has; an output of exactly 1 lies beyond every limit."""
    layers, activated = first_validated({"activation": activation, "initialization": "normal", "std": 30.0})
    before = [[[inverse(v) if abs(v) < 1 else math.copysign(math.inf, v) for v in row] for row in h] for h in activated]
    five = [np.mean([abs(q) >= 5 for row in h for q in row]) for h in before]
    assert layers["beyond_five"] == pytest.approx([*five, None], abs=0.01)
    stuck = [np.mean([np.mean([not low < q < high for q in unit]) > 0.99 for unit in zip(*h, strict=True)]) for h in before]
    assert layers["stuck"] == pytest.approx([*stuck, None])
    assert any(five) and any(stuck) and "inactive" not in layers


def test_what_other_tools_look_at_is_measured_on_validated_frames_only():
    frames = plain.run(plain.of({"network": {"activation": "relu"}}, run={"steps": 10}))[0]
    measured = [frame.step for frame in frames if "mean_weight_gradient" in frame.layers]
    assert measured == [frame.step for frame in frames if frame.validation_loss is not None] == [1, 10]
    assert all(("inactive" in frame.layers) == (frame.step in measured) for frame in frames)


def test_what_does_not_apply_is_not_measured():
    frames = plain.run(plain.of({"network": {"activation": "tanh"}}, run={"steps": 10}))[0]
    assert all(share is None for frame in frames for share in frame.layers["dead"])
    validated = [frame.step for frame in frames if frame.layers["saturated"][0] is not None]
    assert validated == [frame.step for frame in frames if frame.validation_loss is not None] == [1, 10]


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
@pytest.mark.parametrize("name", ["sgd", "adam"])
def test_measuring_changes_no_bit(network, name, monkeypatch):
    made = plain.of({"network": network, "optimizer": {"name": name, "learning_rate": 0.01}}, run={"steps": 30})
    seen, _, measured = plain.run(made)
    monkeypatch.setattr(trainer, "OPENING", 0)
    monkeypatch.setattr(trainer, "stride", lambda made: 1000)
    unseen, _, unmeasured = plain.run(made)
    assert len(unseen) < len(seen)
    assert torch.equal(measured.storage.weights.view(torch.int32), unmeasured.storage.weights.view(torch.int32))
