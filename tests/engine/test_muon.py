"""Muon moves the matrices between input and output, told here by the names of torch.nn's modules; AdamW moves the rest."""

import pytest
from torch import optim

from gradtui.core.experiments.experiment import experiment
from gradtui.engine.training.trainer import prepare
from tests.engine import modules, plain, test_transformer
from tests.engine.test_recurrent import Model

REST = {"rest_learning_rate": 0.01, "rest_weight_decay": 0.2, "eps": 1e-4}
VALUES = {"learning_rate": 0.02, "momentum": 0.8, "weight_decay": 0.05, **REST}
"""With an eps above rounding: attention's keys have biases whose true gradient is zero."""


def mlp(task, depth=3, width=8, **network):
    tables = {"network": {"depth": depth, "width": width, **network}, "task": {"name": task}}
    return tables, plain.copy_of, [f"linears.{at}.weight" for at in range(1, depth)]


def recurrent(family, depth):
    tables = {"network": {"family": family, "depth": depth, "width": 8}, "task": {"name": "adding", "length": 9, "samples": 40}}
    deeper = [f"recurrent.weight_{kind}_l{at}" for at in range(1, depth) for kind in ("ih", "hh")]
    return tables, Model, ["recurrent.weight_hh_l0", *deeper]


def transformer(positions):
    network = {"family": "transformer", "depth": 2, "width": 12, "heads": 3, "activation": "relu", "positions": positions}

    def build(stack):
        model = test_transformer.build(stack.experiments[0])
        modules.fill(model, stack, 0)
        return model

    each = ("attentions.{}.in_proj_weight", "attentions.{}.out_proj.weight", "wide.{}.weight", "narrow.{}.weight")
    return {"network": network, "task": {"name": "text", "length": 12}}, build, [name.format(at) for at in (0, 1) for name in each]


def cnn():
    def build(stack):
        model = modules.PlainCNN(stack.experiments[0])
        modules.fill(model, stack, 0)
        return model

    return {"network": {"family": "cnn", "depth": 3, "width": 5}, "task": {"name": "digits"}}, build, []


CASES = {
    **{task: mlp(task) for task in ("spirals", "digits", "sine", "uniform", "diabetes")},
    "one hidden layer": mlp("sine", depth=1),
    "one unit everywhere": mlp("sine", width=1, depth=4),
    "normalized": mlp("uniform", normalization="layer"),
    **{f"{family} {depth}": recurrent(family, depth) for family in ("rnn", "irnn", "gru", "lstm") for depth in (1, 2)},
    **{f"{positions} positions": transformer(positions) for positions in ("learned", "fixed")},
    "cnn": cnn(),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_hidden_matrices_by_muon_and_the_rest_by_adamw(case):
    tables, build, hidden = case
    made = experiment({**tables, "optimizer": {"name": "muon", **VALUES}, "run": {"steps": 5, "batch_size": 16}})
    stack = prepare([made]).stack
    model, batches, expected = build(stack), stack.batches(), []
    named = dict(model.named_parameters())
    others = [weight for name, weight in named.items() if name not in hidden]
    both = [optim.AdamW(others, 0.01, eps=1e-4, weight_decay=0.2)]
    if hidden:
        both.append(optim.Muon([named[name] for name in hidden], 0.02, momentum=0.8, weight_decay=0.05))
    for _ in range(made.run.steps):
        inputs, targets = next(batches)
        model.zero_grad()
        logits = model(inputs[0])
        loss = plain.criterion(made)(logits.flatten(0, -2), targets[0].flatten(0, logits.dim() - 2))
        loss.backward()
        for optimizer in both:
            optimizer.step()
        expected.append(loss.item())
    assert plain.last_losses(plain.run(made)[0]) == pytest.approx(expected, rel=1e-4)
