"""Clipping against torch's own, at any size of a gradient."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import optim

from gradtui.engine.training.trainer import prepare
from tests.engine import plain


@pytest.mark.parametrize("threshold", [0.02, 0.3, 1e3])
@pytest.mark.parametrize("by", ["norm", "value"])
def test_clipping(by, threshold):
    """By a threshold below all gradients, one that some steps reach, and one that none does."""
    functions = {"norm": torch.nn.utils.clip_grad_norm_, "value": torch.nn.utils.clip_grad_value_}
    made = plain.of({"clip": {"by": by, "threshold": threshold}, "optimizer": {"learning_rate": 1.0}})
    expected, _ = plain.losses(made, lambda p: optim.SGD(p, 1.0), lambda model: functions[by](model.parameters(), threshold))
    frames, _, _ = plain.run(made)
    assert plain.last_losses(frames) == pytest.approx(expected, rel=1e-4)
    unclipped, _ = plain.losses(made, lambda p: optim.SGD(p, 1.0))
    assert (plain.last_losses(frames) == pytest.approx(unclipped, rel=1e-4)) == (threshold == 1e3)


@pytest.mark.parametrize(("std", "size"), [(6.0, 1e25), (10.0, 1e31)])
def test_clipping_by_norm_where_squares_overflow_float32(std, size):
    """Against torch's own clipping of a network in float64."""
    network = {"depth": 10, "width": 32, "activation": "relu", "initialization": "normal", "std": std}
    clip, optimizer = {"by": "norm", "threshold": 10.0}, {"learning_rate": 1.0}
    made = plain.of({"network": network, "clip": clip, "optimizer": optimizer}, task={"loss": "mse"})
    stack, expected = prepare([made]).stack, []
    model, batches = plain.copy_of(stack).double(), stack.batches()
    descent = optim.SGD(model.parameters(), 1.0)
    for _ in range(made.run.steps):
        inputs, targets = next(batches)
        descent.zero_grad()
        loss = plain.criterion(made)(model(inputs[0].double()), targets[0].double())
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 10.0)
        descent.step()
        expected.append(loss.item())
        assert norm > size
    assert plain.last_losses(plain.run(made)[0]) == pytest.approx(expected, rel=1e-3)


@given(st.floats(-30, 37), st.floats(-9, 9))
def test_clipping_by_norm_is_exact_whatever_the_sizes(size, threshold):
    stack = prepare([plain.of({"clip": {"by": "norm", "threshold": 10**threshold}})]).stack
    step = stack.differentiate(next(stack.batches()), sampled=False)
    gradient = stack.storage.gradients
    gradient.mul_(10**size / gradient.abs().max())
    before = gradient.double()
    norm = before.norm().item()
    stack.update(1, step, [norm])
    torch.testing.assert_close(gradient.double(), before * min(1.0, 10**threshold / (norm + 1e-6)), rtol=1e-5, atol=1e-37)
