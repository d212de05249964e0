"""Convolutional networks against torch.nn."""

import pytest
import torch

from gradtui.catalog.activations import ACTIVATIONS
from gradtui.catalog.normalizations import NORMALIZATIONS
from gradtui.core.experiments.experiment import experiment
from gradtui.engine.training.trainer import prepare
from tests.engine import modules, plain


def cnn(seed=0, **network):
    base = {"family": "cnn", "depth": 4, "width": 5, "activation": "tanh"}
    run = {"seed": seed, "steps": 4, "batch_size": 8}
    return experiment({"network": base | network, "task": {"name": "digits"}, "run": run, "optimizer": {"learning_rate": 0.1}})


LINKS = {
    "plain": {},
    "residual": {"residual": True},
    "two layers": {"residual": True, "branch_layers": 2, "residual_scale": True},
}


@pytest.mark.parametrize("links", LINKS.values(), ids=LINKS)
@pytest.mark.parametrize("normalization", NORMALIZATIONS)
@pytest.mark.parametrize("lanes", [1, 3])
def test_every_lane_equals_its_own_network(lanes, normalization, links):
    modules.check([cnn(seed, normalization=normalization, **links) for seed in range(lanes)], modules.PlainCNN)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation(name):
    modules.check([cnn(activation=name, depth=1, **plain.PARAMETERS.get(name, {}))], modules.PlainCNN)


@pytest.mark.parametrize("normalization", NORMALIZATIONS)
def test_training_and_validation(normalization):
    made = cnn(normalization=normalization)
    stack = prepare([made]).stack
    model, batches = modules.PlainCNN(made), stack.batches()
    modules.fill(model, stack, 0)
    descent, seen = torch.optim.SGD(model.parameters(), 0.1), []
    for _ in range(made.run.steps):
        inputs, targets = next(batches)
        descent.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(inputs[0]), targets[0])
        loss.backward()
        descent.step()
        seen.append(loss.item())
    frames, (outcome,), stack = plain.run(made)
    assert plain.last_losses(frames) == pytest.approx(seen, rel=1e-4)
    model.eval()
    logits = model(stack.validation.inputs[0])
    right = (logits.argmax(1) == stack.validation.targets[0]).float().mean().item()
    assert outcome.validation_accuracy == pytest.approx(right)
    assert outcome.validation_loss == pytest.approx(
        torch.nn.functional.cross_entropy(logits, stack.validation.targets[0]).item(), rel=1e-3
    )


def test_default_weights_are_those_of_a_seeded_nn_conv():
    made = cnn(seed=7, initialization="default")
    stack = prepare([made]).stack
    torch.manual_seed(7)
    for mine, theirs in zip(stack.network.weighted, modules.PlainCNN(made).parts(), strict=True):
        for name, tensor in modules.tensors(mine, 0).items():
            torch.testing.assert_close(tensor, getattr(theirs, name), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize(
    ("name", "draw"),
    [
        ("xavier-uniform", torch.nn.init.xavier_uniform_),
        ("he-normal", torch.nn.init.kaiming_normal_),
        ("orthogonal", torch.nn.init.orthogonal_),
        ("identity", lambda weight, generator: torch.nn.init.dirac_(weight)),
    ],
)
def test_weights_are_those_of_torch_nn_init(name, draw):
    stack, generator = prepare([cnn(seed=3, initialization=name)]).stack, torch.Generator().manual_seed(3)
    for part in stack.network.weighted[:-1]:
        torch.testing.assert_close(part.weight[0].detach(), draw(torch.empty(part.weight[0].shape), generator=generator))


def test_a_channel_is_dead_where_its_whole_map_is_zero_on_every_image():
    frames, _, stack = plain.run(cnn(activation="relu", initialization="normal", std=0.1, bias_std=2.0, depth=5))
    model = modules.PlainCNN(cnn(activation="relu", depth=5))
    modules.fill(model, stack, 0)
    model(stack.validation.inputs[0])
    dead = [(h == 0).all(dim=3).all(dim=2).all(dim=0).float().mean().item() for h in model.activated]
    assert frames[-1].layers["dead"] == pytest.approx([*dead, None])
    assert any(dead)


def test_what_is_measured_of_a_layer_is_over_images_pixels_and_channels():
    made = cnn(normalization="layer", residual=True)
    stack = prepare([made]).stack
    model = modules.PlainCNN(made)
    modules.fill(model, stack, 0)
    inputs, targets = next(stack.batches())
    loss = torch.nn.functional.cross_entropy(model(inputs[0]), targets[0])
    for h in model.outputs:
        h.retain_grad()
    loss.backward()
    layers = plain.run(made)[0][0].layers
    assert layers["activation_gradient"][:-1] == pytest.approx([h.grad.norm().item() for h in model.outputs], rel=1e-3)
    assert layers["activation_std"][:-1] == pytest.approx([h.std(correction=0).item() for h in model.outputs], rel=1e-3)
    gradients = [layer.weight.grad.norm().item() for layer in (*model.convolutions, model.last)]
    assert layers["weight_gradient"] == pytest.approx(gradients, rel=1e-3)
