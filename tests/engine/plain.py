"""The oracle: the same training as anybody would write it with torch.nn and torch.optim, on the engine's weights and batches."""

from itertools import pairwise

import torch
from torch import nn

from gradtui.core.experiments.experiment import experiment
from gradtui.engine.training.trainer import prepare

ACTIVATIONS = {
    "linear": nn.Identity(),
    "sigmoid": nn.Sigmoid(),
    "tanh": nn.Tanh(),
    "relu": nn.ReLU(),
    "leaky-relu": nn.LeakyReLU(0.3),
    "elu": nn.ELU(0.5),
    "selu": nn.SELU(),
    "gelu": nn.GELU(),
    "silu": nn.SiLU(),
    "softplus": nn.Softplus(),
    "softsign": nn.Softsign(),
}
PARAMETERS = {"leaky-relu": {"negative_slope": 0.3}, "elu": {"alpha": 0.5}}
"""Chosen so that no default can hide."""

NORMALIZATIONS = {"none": lambda width: nn.Identity(), "batch": nn.BatchNorm1d, "layer": nn.LayerNorm, "rms": nn.RMSNorm}


def blocks(network, same_width):
    """The hidden layers, as plain ones and branches of one or two."""
    if not network.residual:
        return [("plain", 1)] * network.depth
    first = [] if same_width else [("plain", 1)]
    whole, rest = divmod(network.depth - len(first), network.branch_layers)
    return [*first, *[("branch", network.branch_layers)] * whole, *[("plain", 1)] * rest]


class Plain(nn.Module):
    """A network as torch.nn writes it. `outputs` are those of each layer in the last forward pass."""

    def __init__(self, made, features, classes):
        super().__init__()
        network = made.network
        sizes = [features, *[network.width] * network.depth]
        self.linears = nn.ModuleList(nn.Linear(i, o, bias=network.normalization != "batch") for i, o in pairwise(sizes))
        self.norms = nn.ModuleList(NORMALIZATIONS[network.normalization](network.width) for _ in self.linears)
        self.last = nn.Linear(network.width, classes)
        self.phi = ACTIVATIONS[network.activation]
        self.blocks = blocks(network, features == network.width)
        branches = sum(kind == "branch" for kind, _ in self.blocks)
        self.scale = branches**-0.5 if branches and network.residual_scale else 1

    def forward(self, h):
        self.outputs, self.activated = [], []
        layers = iter(zip(self.linears, self.norms, strict=True))
        for kind, count in self.blocks:
            entered = h
            for left in reversed(range(count)):
                linear, norm = next(layers)
                a = norm(linear(h))
                if count == 1 or left:
                    a = self.phi(a)
                    self.activated.append(a)
                h = entered + self.scale * a if kind == "branch" and left == 0 else a
                self.outputs.append(h)
        self.outputs.append(self.last(h))
        return self.outputs[-1]

    @property
    def layers(self):
        return [*self.linears, self.last]


def of(tables, **changes):
    """A small experiment: `tables`, with `changes` by table over what they say."""
    base = {
        "network": {"depth": 3, "width": 8, "activation": "tanh", "initialization": "xavier-normal"},
        "task": {"name": "spirals", "samples": 50},
        "run": {"steps": 10, "batch_size": 16},
    }
    names = {*base, *tables, *changes}
    return experiment({name: {**base.get(name, {}), **tables.get(name, {}), **changes.get(name, {})} for name in names})


def copy_of(stack, lane=0):
    """A plain network with the weights of one lane of a stack."""
    first = stack.network.weighted[0].fan_in
    model = Plain(stack.experiments[lane], first, stack.network.weighted[-1].fan_out)
    with torch.no_grad():
        for mine, theirs in zip(model.layers, stack.network.weighted, strict=True):
            mine.weight.copy_(theirs.weight[lane].T)
            if mine.bias is not None:
                mine.bias.copy_(theirs.bias[lane, 0])
    return model


def criterion(made):
    return nn.MSELoss() if made.task.loss == "mse" else nn.CrossEntropyLoss()


def losses(made, optimizer, adjust=lambda model: None):
    """The loss of every step of the ten-line loop. `optimizer` makes one of parameters; `adjust` sees the gradients first."""
    stack = prepare([made]).stack
    model, batches, loss_of = copy_of(stack), stack.batches(), criterion(made)
    chosen, seen = optimizer(model.parameters()), []
    for _ in range(made.run.steps):
        inputs, targets = next(batches)
        chosen.zero_grad()
        loss = loss_of(model(inputs[0]), targets[0])
        loss.backward()
        adjust(model)
        chosen.step()
        seen.append(loss.item())
    return seen, model


def run(*experiments, controls=None):
    """Frames, outcomes by lane and stack of a whole run."""
    training = prepare(experiments)
    frames, made = training.frames(controls), []
    while True:
        try:
            made.append(next(frames))
        except StopIteration as end:
            return made, end.value, training.stack


def last_losses(frames, lane=0):
    return [frame.loss.last for frame in frames if frame.lane == lane]
