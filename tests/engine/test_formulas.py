"""Every optimizer against its formula, written out in float64, with parameters that change between steps."""

import math
from types import SimpleNamespace

import pytest
import torch
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from gradtui.catalog.optimizers import OPTIMIZERS
from gradtui.core.measured.protocol import Change, Pause, Resume
from gradtui.engine.training.trainer import prepare
from tests.engine import plain
from tests.engine.test_controls import Scripted


def mean(before, new, share, step):
    """The mean of all so far, in which each counts `share` as much as the one after it."""
    return (share * (1 - share ** (step - 1)) * before + (1 - share) * new) / (1 - share**step)


def sgd(w, g, now, kept, step):
    return w - now.learning_rate * (g + now.weight_decay * w)


def momentum(w, g, now, kept, step):
    kept.v = now.momentum * kept.v + (1 - now.momentum) * g
    return w - now.learning_rate * kept.v


def heavy_ball(w, g, now, kept, step):
    kept.v = now.momentum * kept.v + g + now.weight_decay * w
    return w - now.learning_rate * kept.v


def nesterov(w, g, now, kept, step):
    g = g + now.weight_decay * w
    kept.v = now.momentum * kept.v + g
    return w - now.learning_rate * (g + now.momentum * kept.v)


def rmsprop(w, g, now, kept, step):
    g = g + now.weight_decay * w
    kept.q = now.alpha * kept.q + (1 - now.alpha) * g**2
    kept.v = now.momentum * kept.v + g / (kept.q.sqrt() + now.eps)
    return w - now.learning_rate * kept.v


def adam(w, g, now, kept, step):
    g = g + now.weight_decay * w
    kept.v, kept.q = (mean(*of, step) for of in ((kept.v, g, now.betas[0]), (kept.q, g**2, now.betas[1])))
    return w - now.learning_rate * kept.v / (kept.q.sqrt() + now.eps)


def adamw(w, g, now, kept, step):
    undecayed = SimpleNamespace(**{**vars(now), "weight_decay": 0.0})
    return adam(w, g, undecayed, kept, step) - now.learning_rate * now.weight_decay * w


def muon(w, g, now, kept, step):
    """Where there is no hidden matrix."""
    rest = {"learning_rate": now.rest_learning_rate, "weight_decay": now.rest_weight_decay}
    return adamw(w, g, SimpleNamespace(**{**vars(now), **rest}), kept, step)


def adagrad(w, g, now, kept, step):
    g = g + now.weight_decay * w
    kept.q = kept.q + g**2
    return w - now.learning_rate / (1 + (step - 1) * now.lr_decay) * g / (kept.q.sqrt() + now.eps)


def nadam(w, g, now, kept, step):
    g = g + now.weight_decay * w
    mu, following = (now.betas[0] * (1 - 0.5 * 0.96 ** (at * now.momentum_decay)) for at in (step, step + 1))
    kept.product *= mu
    kept.v = now.betas[0] * kept.v + (1 - now.betas[0]) * g
    kept.q = mean(kept.q, g**2, now.betas[1], step)
    ahead = following * kept.v / (1 - kept.product * following) + (1 - mu) * g / (1 - kept.product)
    return w - now.learning_rate * ahead / (kept.q.sqrt() + now.eps)


def radam(w, g, now, kept, step):
    g = g + now.weight_decay * w
    kept.v, kept.q = (mean(*of, step) for of in ((kept.v, g, now.betas[0]), (kept.q, g**2, now.betas[1])))
    longest, power = 2 / (1 - now.betas[1]) - 1, now.betas[1] ** step
    length = longest - 2 * step * power / (1 - power)
    if length <= 5:
        return w - now.learning_rate * kept.v
    sure = math.sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length))
    return w - now.learning_rate * sure * kept.v / (kept.q.sqrt() + now.eps / math.sqrt(1 - power))


def adadelta(w, g, now, kept, step):
    g = g + now.weight_decay * w
    kept.q = now.rho * kept.q + (1 - now.rho) * g**2
    moved = ((kept.u + now.eps) / (kept.q + now.eps)).sqrt() * g
    kept.u = now.rho * kept.u + (1 - now.rho) * moved**2
    return w - now.learning_rate * moved


def lion(w, g, now, kept, step):
    along = torch.sign(now.betas[0] * kept.v + (1 - now.betas[0]) * g)
    kept.v = now.betas[1] * kept.v + (1 - now.betas[1]) * g
    return w - now.learning_rate * (along + now.weight_decay * w)


FORMULAS = {name: globals()[name.replace("-", "_")] for name in OPTIMIZERS}
RATES = {"sgd": 0.2, "momentum": 0.5, "heavy-ball": 0.1, "nesterov": 0.1, "adagrad": 0.05, "adadelta": 2.0}
CHANGES = {
    "betas": ((0.5, 0.9), (0.99, 0.9999)),
    "eps": (1e-3, 0.1),
    **dict.fromkeys(("learning_rate", "rest_learning_rate"), (0.04, 0.01)),
    **dict.fromkeys(("momentum", "alpha", "rho"), (0.5, 0.95)),
    **dict.fromkeys(("weight_decay", "rest_weight_decay"), (0.2, 0.01)),
    **dict.fromkeys(("lr_decay", "momentum_decay"), (0.5, 0.01)),
}
LIVE = [
    (name, parameter.name, values)
    for name, entry in OPTIMIZERS.items()
    for parameter in entry.parameters
    for values in [
        CHANGES[parameter.name],
        *([(0.0, 0.9), (0.9, 0.0)] if (parameter.name, parameter.minimum) == ("momentum", 0) else []),
    ]
]


@pytest.mark.parametrize(("name", "parameter", "values"), LIVE, ids=lambda value: str(value))
def test_a_parameter_that_changes_twice_makes_the_steps_of_the_formula(name, parameter, values):
    """After three steps and again after six; it goes back to what it was after eight."""
    own = {"eps": 1e-6} if any(known.name == "eps" for known in OPTIMIZERS[name].parameters) else {}
    optimizer = {"name": name, "learning_rate": RATES.get(name, 0.02), **own}
    made = plain.of({"network": {"depth": 1}, "optimizer": optimizer}, run={"steps": 10})
    key, first = f"optimizer.{parameter}", made.optimizer.values()[parameter]
    at = {3: values[0], 6: values[1], 8: first}
    controls = Scripted(*([Change(key=key, value=value), Resume()] for value in at.values()))
    seen = []
    for frame in prepare([made]).frames(controls):
        seen.append(frame.loss.last)
        if frame.step in at:
            controls.send(Pause())
    assert seen == pytest.approx(by_formula(made, parameter, at), rel=1e-4)


def by_formula(made, parameter, at):
    """The losses of a network in float64 whose weights move by the formula; `at` are a parameter's new values after steps."""
    stack = prepare([made]).stack
    model, batches, losses = plain.copy_of(stack).double(), stack.batches(), []
    now, kept = SimpleNamespace(**made.optimizer.values()), SimpleNamespace(v=0.0, q=0.0, u=0.0, product=1.0)
    for step in range(1, made.run.steps + 1):
        inputs, targets = next(batches)
        loss = plain.criterion(made)(model(inputs[0].double()), targets[0])
        gradients = torch.autograd.grad(loss, list(model.parameters()))
        weights = parameters_to_vector(model.parameters()).detach()
        moved = FORMULAS[made.optimizer.name](weights, parameters_to_vector(gradients), now, kept, step)
        vector_to_parameters(moved, model.parameters())
        setattr(now, parameter, at.get(step, getattr(now, parameter)))
        losses.append(loss.item())
    return losses
