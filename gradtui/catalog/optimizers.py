"""Optimizers. Each is one of torch.optim's classes; `arguments` turns our parameters into the class's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from gradtui.catalog.entry import Catalog, Entry, Parameter


def _same_names(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"lr" if name == "learning_rate" else name: value for name, value in values.items()}


def _tutorial_momentum(values: Mapping[str, Any]) -> dict[str, Any]:
    """V = g v + (1 - g) grad equals PyTorch's v = g v + grad at a learning rate scaled by (1 - g)."""
    return {**_same_names(values), "lr": values["learning_rate"] * (1 - values["momentum"])}


def _sum_of_gradients(before: Mapping[str, Any], after: Mapping[str, Any], steps: float) -> dict[str, float]:
    """Of the tutorial's momentum, which torch keeps as v / (1 - g)."""
    return {"momentum_buffer": (1 - before["momentum"]) / (1 - after["momentum"])}


def _sums_of_shares(before: Mapping[str, Any], after: Mapping[str, Any], steps: float) -> dict[str, float]:
    """Of Adam's means, which torch keeps times 1 - beta^steps."""
    betas = zip(("exp_avg", "exp_avg_sq"), before["betas"], after["betas"], strict=True)
    return {name: (1 - other**steps) / (1 - one**steps) for name, one, other in betas}


def _sum_of_shares(before: Mapping[str, Any], after: Mapping[str, Any], steps: float) -> dict[str, float]:
    """Of NAdam's mean of squares alone: its other one is divided by a product over the steps as they were."""
    return {"exp_avg_sq": _sums_of_shares(before, after, steps)["exp_avg_sq"]}


def _nesterov(values: Mapping[str, Any]) -> dict[str, Any]:
    return {**_same_names(values), "nesterov": True}


def _muon(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"lr": values["learning_rate"], "momentum": values["momentum"], "weight_decay": values["weight_decay"]}


def _rest_of_muon(values: Mapping[str, Any]) -> dict[str, Any]:
    own = {"lr": values["rest_learning_rate"], "weight_decay": values["rest_weight_decay"]}
    return {**own, "betas": values["betas"], "eps": values["eps"]}


@dataclass(frozen=True)
class Optimizer(Entry):
    """`arguments` maps the chosen parameters to keyword arguments of `target`; `fused` says that it has a fused form.

    Where parameters change after some steps, `rescaled` gives, from those before, those after and the number of steps, by what to
    multiply what the class keeps, by name, so that it stays what it was to the optimizer's formula. `memory` is the share of an
    average of gradients that a step keeps.

    A target that wants hidden matrices one by one names the optimizer for everything else as its `rest`, which is handed the same
    parameters.
    """

    arguments: Callable[[Mapping[str, Any]], dict[str, Any]] = _same_names
    rescaled: Callable[[Mapping[str, Any], Mapping[str, Any], float], dict[str, float]] = lambda before, after, steps: {}
    memory: Callable[[Mapping[str, Any]], float] = lambda values: 0.0
    fused: bool = False
    rest: Optimizer | None = None


def _rate(default: float) -> Parameter:
    return Parameter(
        "learning_rate",
        float,
        default,
        "Length of a step. Too small: nothing moves. Too large: the loss jumps or diverges.",
        minimum=0,
        maximum=1000,
        scale="log",
        live=True,
    )


def _fraction(name: str, default: float, meaning: str) -> Parameter:
    return Parameter(name, float, default, meaning, minimum=0, below=1, live=True)


def _decay(default: float) -> Parameter:
    return Parameter(
        "weight_decay",
        float,
        default,
        "Pulls every weight towards zero at each step; 0 switches it off.",
        minimum=0,
        maximum=100,
        scale="log",
        live=True,
    )


_MOMENTUM = _fraction("momentum", 0.9, "Share of the last direction that is kept (g). 0 is plain descent, 0.9 averages ten steps.")
_NESTEROV = Parameter(
    "momentum",
    float,
    0.9,
    "Share of the last direction that is kept; the gradient is taken one step ahead.",
    above=0,
    below=1,
    live=True,
)
_BETAS = Parameter("betas", "pair", (0.9, 0.999), "Memory of the gradient's mean and of its square.", minimum=0, below=1, live=True)
_EPS = Parameter(
    "eps",
    float,
    1e-8,
    "Keeps the division finite. Gradients much smaller than this stay small: Adam's own vanishing point.",
    minimum=0,
    maximum=1,
    scale="log",
    live=True,
)
_ALPHA = _fraction("alpha", 0.99, "Memory of the squared gradient: 0.99 averages a hundred steps.")

OPTIMIZERS = Catalog(
    "optimizer",
    "How a gradient becomes a step.",
    (
        Optimizer("sgd", "Plain gradient descent: w -= lr grad.", "torch.optim:SGD", (_rate(0.01), _decay(0.0)), fused=True),
        Optimizer(
            "momentum",
            "The tutorial's form, an average of gradients: v = g v + (1-g) grad; w -= lr v.",
            "torch.optim:SGD",
            (_rate(0.01), _MOMENTUM),
            _tutorial_momentum,
            _sum_of_gradients,
            itemgetter("momentum"),
            fused=True,
        ),
        Optimizer(
            "heavy-ball",
            "PyTorch's momentum, a sum of gradients: v = g v + grad; w -= lr v. Ten times the steps of momentum at g = 0.9.",
            "torch.optim:SGD",
            (_rate(0.01), _MOMENTUM, _decay(0.0)),
            memory=itemgetter("momentum"),
            fused=True,
        ),
        Optimizer(
            "nesterov",
            "Heavy ball that looks one step ahead (Nesterov 1983).",
            "torch.optim:SGD",
            (_rate(0.01), _NESTEROV, _decay(0.0)),
            _nesterov,
            memory=itemgetter("momentum"),
            fused=True,
        ),
        Optimizer(
            "rmsprop",
            "Divides by the root of an average of squared gradients (Hinton 2012).",
            "torch.optim:RMSprop",
            (
                _rate(0.01),
                _ALPHA,
                _EPS,
                _fraction("momentum", 0.0, "Heavy-ball momentum on the scaled gradient; 0 is none."),
                _decay(0.0),
            ),
            memory=itemgetter("momentum"),
        ),
        Optimizer(
            "adam",
            "Momentum and RMSprop, both bias-corrected (Kingma & Ba 2015).",
            "torch.optim:Adam",
            (_rate(0.001), _BETAS, _EPS, _decay(0.0)),
            rescaled=_sums_of_shares,
            memory=lambda values: values["betas"][0],
            fused=True,
        ),
        Optimizer(
            "adamw",
            "Adam with the weight decay kept out of the gradient (Loshchilov & Hutter 2019).",
            "torch.optim:AdamW",
            (_rate(0.001), _BETAS, _EPS, _decay(0.01)),
            rescaled=_sums_of_shares,
            memory=lambda values: values["betas"][0],
            fused=True,
        ),
        Optimizer(
            "adagrad",
            "Divides by the root of the sum of all squared gradients: steps only shrink (Duchi 2011).",
            "torch.optim:Adagrad",
            (
                _rate(0.01),
                _fraction("lr_decay", 0.0, "Lowers the learning rate as 1 / (1 + steps x decay)."),
                Parameter("eps", float, 1e-10, "Keeps the division finite.", minimum=0, maximum=1, scale="log", live=True),
                _decay(0.0),
            ),
        ),
        Optimizer(
            "nadam",
            "Adam with Nesterov's look ahead (Dozat 2016).",
            "torch.optim:NAdam",
            (
                _rate(0.002),
                _BETAS,
                _EPS,
                _fraction("momentum_decay", 0.004, "How fast momentum warms up."),
                _decay(0.0),
            ),
            rescaled=_sum_of_shares,
            memory=lambda values: values["betas"][0],
        ),
        Optimizer(
            "radam",
            "Adam that waits until its average of squares is trustworthy (Liu 2020).",
            "torch.optim:RAdam",
            (_rate(0.001), _BETAS, _EPS, _decay(0.0)),
            rescaled=_sums_of_shares,
            memory=lambda values: values["betas"][0],
        ),
        Optimizer(
            "adadelta",
            "Steps in the units of the weights, from a memory of past steps (Zeiler 2012).",
            "torch.optim:Adadelta",
            (
                _rate(1.0),
                _fraction("rho", 0.9, "Memory of squared gradients and squared steps."),
                Parameter(
                    "eps",
                    float,
                    1e-6,
                    "Keeps the division finite; sets the first steps.",
                    minimum=0,
                    maximum=1,
                    scale="log",
                    live=True,
                ),
                _decay(0.0),
            ),
        ),
        Optimizer(
            "lion",
            "Moves every weight by the learning rate, along the sign of an average: take a tenth of Adam's rate (Chen 2023).",
            "gradtui.engine.training.lion:Lion",
            (
                _rate(1e-4),
                Parameter(
                    "betas", "pair", (0.9, 0.99), "Share of memory in a step, and memory itself.", minimum=0, below=1, live=True
                ),
                _decay(0.0),
            ),
            memory=lambda values: values["betas"][1],
        ),
        Optimizer(
            "muon",
            "Momentum made orthogonal, matrix by matrix; biases, norms, first and last layer by AdamW (Jordan 2024).",
            "torch.optim:Muon",
            (
                _rate(0.02),
                _fraction("momentum", 0.95, "Share of the last direction that is kept; the gradient is taken one step ahead."),
                _decay(0.1),
                Parameter(
                    "rest_learning_rate",
                    float,
                    0.001,
                    "AdamW's learning rate for what is no hidden matrix; the schedule moves both.",
                    minimum=0,
                    maximum=1000,
                    scale="log",
                    live=True,
                ),
                Parameter(
                    "rest_weight_decay",
                    float,
                    0.01,
                    "AdamW's weight decay for what is no hidden matrix.",
                    minimum=0,
                    maximum=100,
                    scale="log",
                    live=True,
                ),
                _BETAS,
                _EPS,
            ),
            _muon,
            memory=itemgetter("momentum"),
            rest=Optimizer(
                "adamw", "What is no hidden matrix.", "torch.optim:AdamW", (), _rest_of_muon, _sums_of_shares, fused=True
            ),
        ),
    ),
)
