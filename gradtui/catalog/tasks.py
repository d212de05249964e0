"""Tasks: the data a network is trained on. Each has a training and a validation part."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gradtui.catalog.entry import Catalog, Entry, Parameter
from gradtui.catalog.losses import LOSSES, Kind


@dataclass(frozen=True, kw_only=True)
class Task(Entry):
    """`features` and `outputs` size the network's two ends; `standardized` inputs get mean 0 and variance 1."""

    kind: Kind
    features: Callable[[Mapping[str, Any]], int]
    outputs: Callable[[Mapping[str, Any]], int]
    standardized: bool = True


def _samples(default: int) -> Parameter:
    return Parameter(
        "samples", int, default, "Training samples; a quarter as many again are drawn for validation.", minimum=4, maximum=1_000_000
    )


def _noise(default: float, meaning: str) -> Parameter:
    return Parameter("noise", float, default, meaning, minimum=0, maximum=100)


def _loss(kind: Kind) -> Parameter:
    names = tuple(name for name, loss in LOSSES.items() if kind in loss.kinds)
    return Parameter("loss", str, names[0], "The number that training makes small.", choices=names)


_CLASSIFY, _REGRESS = _loss("classification"), _loss("regression")

TASKS = Catalog(
    "task",
    "What the network is asked to learn.",
    (
        Task(
            name="spirals",
            summary="Interleaved spiral arms in the plane: easy to see, hard to fit without depth.",
            target="gradtui.engine.tasks:spirals",
            parameters=(
                _samples(1000),
                _noise(0.1, "Standard deviation of a point's distance from its arm; the arms have radius 1."),
                Parameter("arms", int, 3, "Number of arms, one class each.", minimum=2, maximum=20),
                _CLASSIFY,
            ),
            kind="classification",
            features=lambda p: 2,
            outputs=lambda p: int(p["arms"]),
        ),
        Task(
            name="moons",
            summary="Two interleaved half-circles.",
            target="gradtui.engine.tasks:moons",
            parameters=(_samples(1000), _noise(0.1, "Standard deviation of a point's distance from its moon."), _CLASSIFY),
            kind="classification",
            features=lambda p: 2,
            outputs=lambda p: 2,
        ),
        Task(
            name="circles",
            summary="A small circle inside a large one.",
            target="gradtui.engine.tasks:circles",
            parameters=(_samples(1000), _noise(0.05, "Standard deviation of a point's distance from its circle."), _CLASSIFY),
            kind="classification",
            features=lambda p: 2,
            outputs=lambda p: 2,
        ),
        Task(
            name="xor",
            summary="Four corners, opposite ones alike: no single layer can do it.",
            target="gradtui.engine.tasks:xor",
            parameters=(
                _samples(1000),
                _noise(0.2, "Standard deviation of a point around its corner; corners are 2 apart."),
                _CLASSIFY,
            ),
            kind="classification",
            features=lambda p: 2,
            outputs=lambda p: 2,
        ),
        Task(
            name="digits",
            summary="1 797 real handwritten digits of 8x8 pixels (scikit-learn); a fifth is kept for validation.",
            target="gradtui.engine.tasks:digits",
            parameters=(_CLASSIFY,),
            kind="classification",
            features=lambda p: 64,
            outputs=lambda p: 10,
        ),
        Task(
            name="sine",
            summary="One number in, its sine out.",
            target="gradtui.engine.tasks:sine",
            parameters=(_samples(1000), _noise(0.05, "Standard deviation of the noise on the target."), _REGRESS),
            kind="regression",
            features=lambda p: 1,
            outputs=lambda p: 1,
        ),
        Task(
            name="uniform",
            summary="The tutorial's data: inputs and targets uniform in [0, 1), with nothing to learn but the mean.",
            target="gradtui.engine.tasks:uniform",
            parameters=(
                _samples(100),
                Parameter("features", int, 10, "Numbers in one input.", minimum=1, maximum=4096),
                _REGRESS,
            ),
            kind="regression",
            features=lambda p: int(p["features"]),
            outputs=lambda p: 1,
            standardized=False,
        ),
    ),
)
