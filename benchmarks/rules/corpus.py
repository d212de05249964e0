"""The runs that are judged: drawn at random from recipes that cover the field, the same ones every time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any, Literal

from benchmarks.rules.scaling import scaled
from gradtui.core.experiments.experiment import Experiment, InvalidExperiment, experiment

Part = Literal["tuning", "aside"]
Table = dict[str, Any]
Tables = dict[str, Table]

_DRAWS: dict[Part, tuple[tuple[int, int], ...]] = {
    "tuning": (
        (20261124, 1),
        (20261125, 2),
        (20261126, 2),
        (20261127, 1),
        (20261128, 1),
        (20261129, 1),
        (20261130, 1),
        (20261201, 1),
        (20261202, 1),
        (20261203, 1),
    ),
    "aside": ((20261204, 1),),
}
"""The seeds of a part, each with the divisor of the recipes' counts."""
_RATES = {"sgd": 0.1, "momentum": 0.1, "heavy-ball": 0.02, "rmsprop": 0.002, "adam": 0.002, "adamw": 0.002, "adagrad": 0.02}
"""Rates at which these optimizers usually train networks of this size."""
_TABLES_OF_DATA = ("spirals", "moons", "circles", "digits", "breast-cancer", "wine", "friedman", "sine")
_SANE = (("relu", "he-normal"), ("tanh", "xavier-normal"), ("gelu", "he-normal"), ("selu", "lecun-normal"), ("elu", "he-uniform"))
_ACTIVATIONS = ("sigmoid", "tanh", "relu", "leaky-relu", "selu", "gelu", "silu", "softsign", "softplus", "linear")
_INITIALIZATIONS = ("default", "xavier-normal", "he-normal", "lecun-normal", "orthogonal", "xavier-uniform", "he-uniform")


@dataclass(frozen=True)
class Subject:
    """A run to be judged. `scale` multiplies its loss in what the rules see: see `scaling.py`."""

    number: int
    recipe: str
    experiment: Experiment
    scale: float


def subjects(part: Part) -> list[Subject]:
    """The runs of a part, in a fixed order; a draw that is no valid experiment, or one aside that is in tuning, is drawn again."""
    known = [subject.experiment for subject in subjects("tuning")] if part == "aside" else []
    found: list[Subject] = []
    for seed, divisor in _DRAWS[part]:
        random = Random(seed)
        for recipe, count in _RECIPES:
            for _ in range(count // divisor):
                made, scale = _valid(recipe, random, known), random.choice((1, 1, 1e-4, 1e4))
                found.append(Subject(len(found), recipe.__name__.strip("_"), made, scale if _fits(made, scale) else 1))
    return found


def _fits(made: Experiment, scale: float) -> bool:
    """Whether a loss of that scale leaves the values within what an experiment may have."""
    try:
        return bool(scaled(made, scale))
    except InvalidExperiment:
        return False


def _valid(recipe: Callable[[Random], Tables], random: Random, known: list[Experiment]) -> Experiment:
    while True:
        try:
            made = experiment(recipe(random))
        except InvalidExperiment:
            continue
        if made not in known:
            return made


def _tables(random: Random, network: Table, task: Table, optimizer: Table | None = None, **run: Any) -> Tables:
    values = {"steps": 400, "batch_size": random.choice((32, 64)), "seed": random.choice((0, 1)), "device": "cpu", **run}
    return {"network": network, "task": task, "optimizer": optimizer or _optimizer(random), "run": values}


def _optimizer(random: Random, factor: float = 1.0) -> Table:
    name = random.choice(list(_RATES))
    return {"name": name, "learning_rate": float(f"{_RATES[name] * factor * random.choice((0.5, 1, 2)):.3g}")}


def _task(random: Random, *names: str) -> Table:
    name = random.choice(names or _TABLES_OF_DATA)
    mse = {"loss": "mse"} if name not in ("friedman", "sine") and random.random() < 0.15 else {}
    return {"name": name, **mse}


def _sane(random: Random) -> Table:
    activation, initialization = random.choice(_SANE)
    return {"activation": activation, "initialization": initialization}


def _deep(random: Random) -> Tables:
    """Many layers, with whatever activation, weights, normalization and links."""
    network: Table = {
        "depth": random.choice((6, 10, 20, 30, 50)),
        "width": random.choice((16, 32, 64)),
        "activation": random.choice(_ACTIVATIONS),
        "initialization": random.choice(_INITIALIZATIONS),
        "normalization": random.choice(("none", "none", "none", "batch", "layer", "rms")),
        "residual": random.random() < 0.2,
    }
    return _tables(random, network, _task(random))


def _shallow(random: Random) -> Tables:
    """What people start with, and what should work."""
    network: Table = {"depth": random.choice((1, 2, 3, 4)), "width": random.choice((16, 32, 64)), **_sane(random)}
    if random.random() < 0.3:
        network["normalization"] = random.choice(("batch", "layer"))
    return _tables(random, network, _task(random))


def _rate(random: Random) -> Tables:
    """A sane network at a rate from far too low to far too high."""
    network: Table = {"depth": random.choice((1, 2, 4, 6)), "width": random.choice((16, 32)), **_sane(random)}
    return _tables(random, network, _task(random), _optimizer(random, 10 ** random.uniform(-4.5, 2.5)))


def _weights(random: Random) -> Tables:
    """Weights of another size than theory wants."""
    network: Table = {
        "depth": random.choice((2, 5, 10, 20)),
        "width": random.choice((16, 32)),
        "activation": random.choice(_ACTIVATIONS),
    }
    network |= {"initialization": "normal", "std": float(f"{10 ** random.uniform(-2.5, 0.5):.3g}")}
    return _tables(random, network, _task(random))


def _dying(random: Random) -> Tables:
    """ReLU with long steps or narrow layers, which units die of."""
    network: Table = {"activation": "relu", "initialization": random.choice(("he-normal", "default", "xavier-normal"))}
    if random.random() < 0.4:
        network |= {"depth": random.choice((8, 12, 20)), "width": random.choice((2, 3, 4))}
        return _tables(random, network, _task(random))
    network |= {"depth": random.choice((2, 4, 6)), "width": random.choice((16, 32))}
    return _tables(random, network, _task(random), _optimizer(random, 10 ** random.uniform(1, 2.5)))


def _saturated(random: Random) -> Tables:
    """Bounded activations driven to their ends."""
    network: Table = {"depth": random.choice((2, 3, 5)), "width": random.choice((32, 64))}
    network |= {"activation": random.choice(("tanh", "sigmoid", "softsign")), "initialization": "normal"}
    return _tables(random, network | {"std": random.choice((0.7, 1.0, 2.0, 4.0))}, _task(random))


def _symmetric(random: Random) -> Tables:
    """Weights that begin alike."""
    network: Table = {"depth": random.choice((1, 2, 4)), "width": random.choice((16, 32))}
    network |= {"activation": random.choice(("tanh", "relu", "sigmoid")), "initialization": random.choice(("zeros", "normal"))}
    return _tables(random, network | ({"std": 0.0} if network["initialization"] == "normal" else {}), _task(random))


def _overfitting(random: Random) -> Tables:
    """Few samples, or noisy ones, and a network with room for them."""
    network: Table = {"depth": random.choice((1, 2, 3)), "width": random.choice((64, 128)), **_sane(random)}
    samples: Table = {"samples": random.choice((40, 80))}
    tasks = (
        {"name": "wine"},
        {"name": "breast-cancer"},
        {"name": "diabetes"},
        {"name": "spirals", "noise": 0.3, **samples},
        {"name": "moons", "noise": 0.4, **samples},
        {"name": "friedman", "noise": 3.0, **samples},
    )
    return _tables(random, network, dict(random.choice(tasks)), _optimizer(random, random.choice((1, 2))), steps=1000)


def _swinging(random: Random) -> Tables:
    """Rates at the edge of what is stable."""
    network: Table = {"depth": random.choice((1, 2, 4)), "width": random.choice((16, 32)), **_sane(random)}
    task = _task(random, "moons", "circles", "spirals", "digits", "friedman", "sine", "breast-cancer")
    return _tables(random, network, task, _optimizer(random, 10 ** random.uniform(0.5, 1.7)), batch_size=random.choice((8, 32, 0)))


def _recurrent(random: Random) -> Tables:
    """Networks over time, with recurrent weights of several sizes."""
    family = random.choice(("rnn", "rnn", "rnn", "irnn", "gru", "lstm"))
    network: Table = {"family": family, "width": 32}
    if family == "rnn":
        network |= {"activation": random.choice(("tanh", "tanh", "relu", "sigmoid")), "initialization": "orthogonal"}
        network |= {"gain": random.choice((0.3, 0.6, 0.9, 1.0, 1.2, 1.6))}
    if family == "irnn":
        network |= {"activation": "relu"}
    task = random.choice(
        (
            {"name": "adding", "length": 8, "samples": 2000},
            {"name": "adding", "length": 40, "samples": 2000},
            {"name": "sequential-digits"},
            {"name": "sequential-digits", "by": "pixel"},
            {"name": "parity", "length": 6, "samples": 2000},
            {"name": "copy", "length": 9, "symbols": 2, "samples": 2000},
        )
    )
    return _tables(random, network, dict(task), _optimizer(random, 10 ** random.uniform(-2, 1.5)), batch_size=32)


def _image(random: Random) -> Tables:
    """Convolutional networks."""
    network: Table = {"family": "cnn", "depth": random.choice((2, 4, 8)), "width": 8}
    network |= {"activation": random.choice(("relu", "tanh", "sigmoid")), "initialization": random.choice(_INITIALIZATIONS)}
    network |= {"normalization": random.choice(("none", "none", "batch"))}
    return _tables(random, network, {"name": "digits"}, _optimizer(random, 10 ** random.uniform(-2, 1.5)), steps=300, batch_size=32)


def _language(random: Random) -> Tables:
    """Transformers."""
    network: Table = {"family": "transformer", "depth": random.choice((1, 2, 4)), "width": 16, "heads": 2}
    network |= {"placement": random.choice(("pre", "post"))}
    task = {"name": "text", "length": 16}
    return _tables(random, network, task, _optimizer(random, 10 ** random.uniform(-2.5, 2)), steps=300, batch_size=32)


_RECIPES: tuple[tuple[Callable[[Random], Tables], int], ...] = (
    (_deep, 64),
    (_shallow, 40),
    (_rate, 40),
    (_weights, 24),
    (_dying, 24),
    (_saturated, 12),
    (_symmetric, 8),
    (_overfitting, 22),
    (_swinging, 22),
    (_recurrent, 28),
    (_image, 10),
    (_language, 8),
    (_overfitting, 26),
    (_swinging, 26),
    (_rate, 16),
    (_dying, 16),
    (_deep, 20),
    (_weights, 12),
)
