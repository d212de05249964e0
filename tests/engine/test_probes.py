"""Probes against slow oracles: plain networks with retain_grad, and loops."""

import math

import numpy as np
import pytest
import torch

from gradtui.core.frame import QUANTITIES
from gradtui.engine import trainer
from gradtui.engine.probes import PROBES
from gradtui.engine.trainer import prepare
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
    return {
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
    assert list(PROBES) == list(QUANTITIES)


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
    ("activation", "low", "high"), [("sigmoid", 0.015, 0.985), ("tanh", -0.97, 0.97), ("softsign", -0.97, 0.97)]
)
def test_saturated_outputs_on_the_validation_set(activation, low, high):
    network = {"activation": activation, "initialization": "normal", "std": 20.0, "residual": True}
    frames, _, stack = plain.run(plain.of({"network": network}, run={"steps": 1}))
    model = plain.copy_of(stack)
    model(stack.validation.inputs[0])
    shares = [np.mean([not low < a < high for a in h.flatten().tolist()]) for h in model.activated]
    assert frames[0].layers["saturated"] == pytest.approx([*shares, None])
    assert any(shares)


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
    monkeypatch.setattr(trainer, "_OPENING", 0)
    monkeypatch.setattr(trainer, "stride", lambda made: 1000)
    unseen, _, unmeasured = plain.run(made)
    assert len(unseen) < len(seen)
    assert torch.equal(measured.storage.weights.view(torch.int32), unmeasured.storage.weights.view(torch.int32))
