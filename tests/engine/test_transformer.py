"""Transformers against torch.nn's own attention, and what theory says of where their norms stand."""

import math

import pytest
import torch

from gradtui.catalog.tasks import ALPHABET
from gradtui.core.experiments.experiment import experiment
from gradtui.engine.training.trainer import prepare
from tests.engine import modules, plain


def transformer(seed=0, length=12, **network):
    base = {"family": "transformer", "depth": 2, "width": 12, "heads": 3, "feed_forward": 2, "activation": "gelu"}
    run = {"seed": seed, "steps": 4, "batch_size": 5}
    task = {"name": "text", "length": length}
    return experiment({"network": base | network, "task": task, "run": run, "optimizer": {"learning_rate": 0.1}})


def build(made):
    """Sines and cosines are written out: position t, pair i of numbers, angle t / 10000^(2i / width)."""
    length, width = made.task.length, made.network.width
    fixed = torch.tensor(
        [
            [(math.cos if at % 2 else math.sin)(step / 10_000 ** ((at - at % 2) / width)) for at in range(width)]
            for step in range(length)
        ]
    )
    return modules.PlainTransformer(made, len(ALPHABET), fixed if made.network.positions == "fixed" else None)


@pytest.mark.parametrize("normalization", ["layer", "rms"])
@pytest.mark.parametrize("placement", ["pre", "post"])
@pytest.mark.parametrize("positions", ["learned", "fixed"])
@pytest.mark.parametrize("lanes", [1, 3])
def test_every_lane_equals_its_own_network(lanes, positions, placement, normalization):
    values = {"positions": positions, "placement": placement, "normalization": normalization, "initialization": "xavier-normal"}
    modules.check([transformer(seed, **values) for seed in range(lanes)], build)


@pytest.mark.parametrize(("width", "heads"), [(12, 1), (12, 12), (7, 7), (5, 1), (2, 2)])
def test_every_number_of_heads(width, heads):
    """On data that torch itself gets right in float32: with two units, normalization magnifies rounding on others."""
    modules.check([transformer(seed=1, width=width, heads=heads, positions="fixed")], build)


def test_layers_are_blocks_and_parts():
    names = prepare([transformer()]).layers
    assert names == ("embed", "1 attn", "1 ff", "2 attn", "2 ff", "out")


def test_training_and_validation():
    made = transformer()
    stack = prepare([made]).stack
    model, batches = build(made), stack.batches()
    modules.fill(model, stack, 0)
    descent, seen = torch.optim.SGD(model.parameters(), 0.1), []
    for _ in range(made.run.steps):
        inputs, targets = next(batches)
        descent.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(inputs[0]).flatten(0, 1), targets[0].flatten())
        loss.backward()
        descent.step()
        seen.append(loss.item())
    frames, (outcome,), stack = plain.run(made)
    assert plain.last_losses(frames) == pytest.approx(seen, rel=1e-4)
    for samples, count, accuracy in (
        (stack.training, outcome.training_samples, outcome.accuracy),
        (stack.validation, outcome.validation_samples, outcome.validation_accuracy),
    ):
        assert count == min(1024, len(samples))
        logits, targets = model(samples.inputs[0, :count]), samples.targets[0, :count]
        assert accuracy == pytest.approx((logits.argmax(-1) == targets).float().mean().item(), abs=1e-3)
    expected = torch.nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten()).item()
    assert outcome.validation_loss == pytest.approx(expected, rel=1e-3)


def test_a_step_sees_itself_and_those_before_it():
    stack = prepare([transformer()]).stack
    tokens = stack.training.inputs[:, :1]
    changed = tokens.clone()
    changed[..., 7] = (changed[..., 7] + 1) % len(ALPHABET)
    before, after = (stack.network.forward(given, training=True).outputs[-1][0, 0] for given in (tokens, changed))
    assert torch.equal(before[:7], after[:7])
    assert (before[7:] != after[7:]).any(1).all()


def test_what_is_measured_of_blocks_and_parts():
    made = transformer(activation="relu", initialization="normal", std=1.0, width=6, heads=1)
    stack = prepare([made]).stack
    model = build(made)
    modules.fill(model, stack, 0)
    inputs, targets = next(stack.batches())
    loss = torch.nn.functional.cross_entropy(model(inputs[0]).flatten(0, 1), targets[0].flatten())
    for h in model.outputs:
        h.retain_grad()
    loss.backward()
    frames, _, stack = plain.run(made)
    layers = frames[0].layers
    assert layers["activation_gradient"][:-1] == pytest.approx([h.grad.norm().item() for h in model.outputs], rel=1e-3)
    groups = [[model.embed, model.positions]]
    for attention, wide, narrow in zip(model.attentions, model.wide, model.narrow, strict=True):
        groups += [[modules.In(attention), attention.out_proj], [wide, narrow]]
    gradients = [math.hypot(*(module.weight.grad.norm().item() for module in group)) for group in [*groups, [model.last]]]
    assert layers["weight_gradient"] == pytest.approx(gradients, rel=1e-3)
    modules.fill(model, stack, 0)
    model(stack.validation.inputs[0])
    dead = [(h == 0).all(dim=1).all(dim=0).float().mean().item() for h in model.activated]
    assert frames[-1].layers["dead"] == pytest.approx([None, None, dead[0], None, dead[1], None])
    assert frames[-1].layers["saturated"] == (None,) * 6


def last_feed_forward_gradient(depth, placement):
    """The norm of the last feed-forward layer's weight gradient at the start, over seeds."""
    values = {"depth": depth, "placement": placement, "width": 64, "heads": 4, "feed_forward": 4, "initialization": "xavier-normal"}
    stack = prepare([transformer(seed, 16, **values) for seed in range(3)]).stack
    step = stack.differentiate(next(stack.batches()), sampled=True)
    return sum(measured["weight_gradient"][-2] for measured in stack.measure(step, [], None)) / 3


def test_the_last_gradient_falls_with_depth_where_norms_come_first_and_not_where_they_come_last():
    pre, post = ([last_feed_forward_gradient(depth, placement) for depth in (1, 4, 16)] for placement in ("pre", "post"))
    assert pre[0] > pre[1] > pre[2] and pre[2] < 0.75 * pre[0]
    assert post[0] < post[1] < post[2]
    assert post[2] > 3 * pre[2]
