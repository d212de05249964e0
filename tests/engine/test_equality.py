"""The engine against a plain PyTorch loop with the same weights and batches: equal within float error."""

import pytest
import torch
from torch import nn, optim

from gradtui.catalog.activations import ACTIVATIONS
from gradtui.catalog.initializations import INITIALIZATIONS
from gradtui.catalog.normalizations import NORMALIZATIONS
from gradtui.catalog.optimizers import OPTIMIZERS
from gradtui.core.experiments.cost import cost
from gradtui.engine.training.trainer import prepare
from tests.engine import plain


class Lion:
    """Algorithm 2 of Chen 2023, weight by weight."""

    def __init__(self, parameters, rate, b1, b2, decay):
        self.parameters, self.rate, self.b1, self.b2, self.decay = list(parameters), rate, b1, b2, decay
        self.averages = [torch.zeros_like(p) for p in self.parameters]

    def zero_grad(self):
        for p in self.parameters:
            p.grad = None

    @torch.no_grad()
    def step(self):
        for p, m in zip(self.parameters, self.averages, strict=True):
            p.copy_(p - self.rate * (torch.sign(self.b1 * m + (1 - self.b1) * p.grad) + self.decay * p))
            m.copy_(self.b2 * m + (1 - self.b2) * p.grad)


class Muon:
    """torch.optim.Muon on the matrices between the first and the last, AdamW on the rest, as its page recommends."""

    def __init__(self, parameters, momentum, **rest):
        parameters = list(parameters)
        matrices = [p for p in parameters if p.dim() == 2][1:-1]
        others = [p for p in parameters if not any(p is m for m in matrices)]
        self.both = [optim.Muon(matrices, 0.1, momentum=momentum), optim.AdamW(others, **rest)]

    def zero_grad(self):
        for optimizer in self.both:
            optimizer.zero_grad()

    def step(self):
        for optimizer in self.both:
            optimizer.step()


OPTIMIZERS_BY_HAND = {
    "sgd": ({"weight_decay": 0.01}, lambda p: optim.SGD(p, 0.1, weight_decay=0.01)),
    "momentum": ({"momentum": 0.8}, lambda p: optim.SGD(p, 0.1 * 0.2, momentum=0.8)),
    "heavy-ball": ({"momentum": 0.8}, lambda p: optim.SGD(p, 0.1, momentum=0.8)),
    "nesterov": ({"momentum": 0.8}, lambda p: optim.SGD(p, 0.1, momentum=0.8, nesterov=True)),
    "rmsprop": ({"alpha": 0.9, "momentum": 0.5}, lambda p: optim.RMSprop(p, 0.1, alpha=0.9, momentum=0.5)),
    "adam": ({"betas": (0.8, 0.99), "eps": 1e-4}, lambda p: optim.Adam(p, 0.1, betas=(0.8, 0.99), eps=1e-4)),
    "adamw": ({"weight_decay": 0.1}, lambda p: optim.AdamW(p, 0.1, weight_decay=0.1)),
    "adagrad": ({"lr_decay": 0.1}, lambda p: optim.Adagrad(p, 0.1, lr_decay=0.1)),
    "nadam": ({"momentum_decay": 0.01}, lambda p: optim.NAdam(p, 0.1, momentum_decay=0.01)),
    "radam": ({"weight_decay": 0.1}, lambda p: optim.RAdam(p, 0.1, weight_decay=0.1)),
    "adadelta": ({"rho": 0.8}, lambda p: optim.Adadelta(p, 0.1, rho=0.8)),
    "lion": ({"betas": (0.8, 0.95), "weight_decay": 0.1}, lambda p: Lion(p, 0.1, 0.8, 0.95, 0.1)),
    "muon": (
        {"momentum": 0.8, "rest_learning_rate": 0.02, "rest_weight_decay": 0.2, "betas": (0.8, 0.99), "eps": 1e-4},
        lambda p: Muon(p, 0.8, lr=0.02, weight_decay=0.2, betas=(0.8, 0.99), eps=1e-4),
    ),
}


def sgd(parameters):
    return optim.SGD(parameters, 0.1)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer(name):
    values, by_hand = OPTIMIZERS_BY_HAND[name]
    made = plain.of({"optimizer": {"name": name, "learning_rate": 0.1, **values}})
    frames, _, stack = plain.run(made)
    expected, model = plain.losses(made, by_hand)
    assert plain.last_losses(frames) == pytest.approx(expected, rel=1e-4)
    for mine, theirs in zip(plain.copy_of(stack).parameters(), model.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-3, atol=1e-5)


def test_muon_without_a_hidden_matrix_is_adamw():
    rest = {"rest_learning_rate": 0.02, "rest_weight_decay": 0.2}
    made = plain.of({"network": {"depth": 1, "normalization": "layer"}, "optimizer": {"name": "muon", **rest}})
    expected, _ = plain.losses(made, lambda p: optim.AdamW(p, 0.02, weight_decay=0.2))
    assert plain.last_losses(plain.run(made)[0]) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("normalization", NORMALIZATIONS)
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_and_normalization(name, normalization):
    network = {"activation": name, "normalization": normalization, **plain.PARAMETERS.get(name, {})}
    made = plain.of({"network": network, "optimizer": {"learning_rate": 0.1}})
    frames, (outcome,), stack = plain.run(made)
    expected, model = plain.losses(made, sgd)
    assert plain.last_losses(frames) == pytest.approx(expected, rel=1e-4)
    model.eval()
    inputs, targets = (part[0] for part in (stack.validation.inputs, stack.validation.targets))
    assert outcome.validation_loss == pytest.approx(plain.criterion(made)(model(inputs), targets).item(), rel=1e-3)
    assert outcome.validation_accuracy == pytest.approx((model(inputs).argmax(1) == targets).float().mean().item())


@pytest.mark.parametrize("normalization", NORMALIZATIONS)
def test_every_parameter_has_a_gradient_to_follow(normalization):
    """One whose true gradient is zero, as that of a bias before batch normalization, would be moved by rounding under Adam."""
    made = plain.of({"network": {"normalization": normalization, "depth": 4}})
    stack = prepare([made]).stack
    model, (inputs, targets) = plain.copy_of(stack).double(), next(stack.batches())
    plain.criterion(made)(model(inputs[0].double()), targets[0]).backward()
    sizes = [weight.grad.abs().max().item() for weight in model.parameters()]
    assert min(sizes) > 1e-6 * max(sizes)
    assert sum(weight.numel() for weight in model.parameters()) == stack.storage.weights.shape[1] == cost(made).weights


@pytest.mark.parametrize("normalization", NORMALIZATIONS)
@pytest.mark.parametrize("width", [2, 8])
def test_residual_links_stand_wherever_widths_agree(width, normalization):
    network = {"residual": True, "width": width, "normalization": normalization}
    made = plain.of({"network": network, "optimizer": {"learning_rate": 0.1}})
    assert plain.last_losses(plain.run(made)[0]) == pytest.approx(plain.losses(made, sgd)[0], rel=1e-4)


@pytest.mark.parametrize("scaled", [False, True])
@pytest.mark.parametrize("depth", [1, 2, 4, 5])
def test_branches_of_two_layers(depth, scaled):
    """By short steps: over long ones, rounding grows where two units are normalized."""
    network = {"residual": True, "branch_layers": 2, "residual_scale": scaled, "depth": depth, "normalization": "rms"}
    for width in (2, 8):
        made = plain.of({"network": {**network, "width": width}, "optimizer": {"learning_rate": 0.01}})
        expected, _ = plain.losses(made, lambda p: optim.SGD(p, 0.01))
        assert plain.last_losses(plain.run(made)[0]) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("task", ["spirals", "sine", "uniform"])
def test_mse_of_classes_and_numbers(task):
    made = plain.of({"optimizer": {"learning_rate": 0.1}}, task={"name": task, "loss": "mse"})
    frames, (outcome,), _ = plain.run(made)
    assert plain.last_losses(frames) == pytest.approx(plain.losses(made, sgd)[0], rel=1e-4)
    assert (outcome.accuracy is None) == (task != "spirals")


def test_tutorial_momentum_is_its_formula():
    made = plain.of({"optimizer": {"name": "momentum", "learning_rate": 0.5, "momentum": 0.9}})
    stack = prepare([made]).stack
    model, batches, velocity = plain.copy_of(stack), stack.batches(), None
    seen = []
    for _ in range(10):
        inputs, targets = next(batches)
        loss = plain.criterion(made)(model(inputs[0]), targets[0])
        gradients = torch.autograd.grad(loss, list(model.parameters()))
        velocity = velocity or [torch.zeros_like(g) for g in gradients]
        velocity = [0.9 * v + (1 - 0.9) * g for v, g in zip(velocity, gradients, strict=True)]
        with torch.no_grad():
            for weight, v in zip(model.parameters(), velocity, strict=True):
                weight -= 0.5 * v
        seen.append(loss.item())
    assert plain.last_losses(plain.run(made)[0]) == pytest.approx(seen, rel=1e-4)
    dampened, _ = plain.losses(made, lambda p: optim.SGD(p, 0.5, momentum=0.9, dampening=0.9))
    assert dampened != pytest.approx(seen, rel=1e-4)


@pytest.mark.parametrize(
    ("optimizer", "length"),
    [
        ({"name": "adam", "eps": 0.0}, 1.0),
        ({"name": "rmsprop", "alpha": 0.99, "eps": 0.0}, 10.0),
        ({"name": "rmsprop", "alpha": 0.9, "eps": 0.0}, 3.1623),
        ({"name": "adagrad", "eps": 0.0}, 1.0),
    ],
)
def test_first_step_of_scaled_optimizers_has_a_length_of_its_own(optimizer, length):
    made = plain.of({"optimizer": {**optimizer, "learning_rate": 0.01}}, run={"steps": 1})
    before = prepare([made]).stack.storage.weights.clone()
    _, _, stack = plain.run(made)
    torch.testing.assert_close((stack.storage.weights - before).abs(), torch.full_like(before, 0.01 * length), rtol=1e-3, atol=0)


def test_first_step_of_plain_descent_is_the_gradient():
    made = plain.of({"optimizer": {"learning_rate": 0.1}}, run={"steps": 1})
    before = prepare([made]).stack.storage.weights.clone()
    frames, _, stack = plain.run(made)
    assert torch.linalg.vector_norm(stack.storage.weights - before).item() == pytest.approx(
        0.1 * frames[0].gradient_norm.last, rel=1e-4
    )


def test_default_weights_are_those_of_a_seeded_nn_linear():
    made = plain.of({"network": {"initialization": "default"}}, run={"seed": 7})
    stack = prepare([made]).stack
    torch.manual_seed(7)
    fresh = plain.Plain(made, 2, 3)
    for mine, theirs in zip(plain.copy_of(stack).parameters(), fresh.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize(
    ("name", "draw"),
    [
        ("xavier-normal", lambda w, g: torch.nn.init.xavier_normal_(w, 1.5, generator=g)),
        ("xavier-uniform", lambda w, g: torch.nn.init.xavier_uniform_(w, 1.5, generator=g)),
        ("he-normal", lambda w, g: torch.nn.init.kaiming_normal_(w, generator=g).mul_(1.5)),
        ("he-uniform", lambda w, g: torch.nn.init.kaiming_uniform_(w, generator=g).mul_(1.5)),
        ("orthogonal", lambda w, g: torch.nn.init.orthogonal_(w, 1.5, generator=g)),
        ("identity", lambda w, g: torch.nn.init.eye_(w).mul_(1.5)),
    ],
)
def test_weights_are_those_of_torch_nn_init(name, draw):
    stack = prepare([plain.of({"network": {"initialization": name, "gain": 1.5}}, run={"seed": 3})]).stack
    generator = torch.Generator().manual_seed(3)
    for linear in stack.network.weighted:
        expected = draw(torch.empty(linear.fan_out, linear.fan_in), generator)
        torch.testing.assert_close(linear.weight[0].T.detach(), expected, rtol=1e-5, atol=1e-6)
        assert not linear.bias.any()


DRAWN = {
    "default": nn.Linear.reset_parameters,
    "lecun-normal": lambda linear: nn.init.normal_(linear.weight, std=linear.in_features**-0.5),
    "lecun-uniform": lambda linear: nn.init.uniform_(
        linear.weight, -((3 / linear.in_features) ** 0.5), (3 / linear.in_features) ** 0.5
    ),
    "normal": lambda linear: nn.init.normal_(linear.weight, std=0.3),
    "uniform": lambda linear: nn.init.uniform_(linear.weight, -0.3, 0.3),
    "zeros": lambda linear: nn.init.zeros_(linear.weight),
    "xavier-normal": lambda linear: nn.init.xavier_normal_(linear.weight),
    "xavier-uniform": lambda linear: nn.init.xavier_uniform_(linear.weight),
    "he-normal": lambda linear: nn.init.kaiming_normal_(linear.weight),
    "he-uniform": lambda linear: nn.init.kaiming_uniform_(linear.weight),
    "orthogonal": lambda linear: nn.init.orthogonal_(linear.weight),
    "identity": lambda linear: nn.init.eye_(linear.weight),
}


@pytest.mark.parametrize("name", [name for name, entry in INITIALIZATIONS.items() if not entry.rescaled])
def test_weights_and_biases_spread_as_those_of_torch(name):
    """In a layer that is four times as wide as its input, by drawing much: about one percent is left to chance."""
    known = {parameter.name for parameter in INITIALIZATIONS[name].parameters}
    values = {key: value for key, value in {"std": 0.3, "bound": 0.3, "bias_std": 0.3}.items() if key in known}
    made = plain.of(
        {"network": {"initialization": name, "width": 256, "depth": 1, **values}, "task": {"name": "uniform", "features": 64}}
    )
    linear = prepare([made]).stack.network.weighted[0]
    theirs = nn.Linear(64, 256)
    nn.init.normal_(theirs.bias, std=values.get("bias_std", 0.0))
    torch.manual_seed(0)
    DRAWN[name](theirs)
    assert linear.weight.std().item() == pytest.approx(theirs.weight.std().item(), rel=0.05)
    assert linear.bias.std().item() == pytest.approx(theirs.bias.std().item(), rel=0.2)
