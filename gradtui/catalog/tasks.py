"""Tasks: the data a network is trained on. Each has a training and a validation part."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from gradtui.catalog.entry import Catalog, Entry, Parameter
from gradtui.catalog.losses import LOSSES, Kind

Form = Literal["vector", "image", "sequence", "tokens"]
"""What a network is given: numbers, an 8x8 image, numbers at every time step, or whole numbers below the vocabulary's size."""


@dataclass(frozen=True, kw_only=True)
class Task(Entry):
    """`features` and `outputs` size the network's two ends; `standardized` inputs get mean 0 and variance 1.

    `forms` are what a network can be given. `features` is the size of one input vector, or of one time step of a sequence, the
    number of pixels of an image, the size of the vocabulary of tokens. `length` are the time steps of sequences and tokens;
    `per_step` tasks have a target for every time step. `count` is the number of training samples, or a little more.
    """

    kind: Kind
    features: Callable[[Mapping[str, Any]], int]
    outputs: Callable[[Mapping[str, Any]], int]
    standardized: bool = True
    forms: tuple[Form, ...] = ("vector",)
    length: Callable[[Mapping[str, Any]], int] | None = None
    per_step: bool = False
    count: Callable[[Mapping[str, Any]], int] = lambda p: int(p.get("samples", 1797))


ALPHABET = "\n abcdefghijklmnopqrstuvwxyz,.?!'\""
"""The characters of the text, in the order of their numbers."""
TEXT = 50_000
"""Characters in the text."""


def _samples(default: int) -> Parameter:
    return Parameter(
        "samples", int, default, "Training samples; a quarter as many again are drawn for validation.", minimum=4, maximum=1_000_000
    )


def _noise(default: float, meaning: str) -> Parameter:
    return Parameter("noise", float, default, meaning, minimum=0, maximum=100)


def _loss(kind: Kind) -> Parameter:
    names = tuple(name for name, loss in LOSSES.items() if kind in loss.kinds)
    return Parameter("loss", str, names[0], "The number that training makes small.", choices=names)


def _length(default: int, meaning: str, minimum: int = 1) -> Parameter:
    return Parameter("length", int, default, meaning, minimum=minimum, maximum=10_000)


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
            forms=("vector", "image"),
            count=lambda p: 1437,
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
        Task(
            name="adding",
            summary="Add the two marked numbers of a sequence: guessing their mean gives 1/6 (Hochreiter & Schmidhuber 1997).",
            target="gradtui.engine.sequences:adding",
            parameters=(_samples(10_000), _length(50, "Numbers in a sequence.", minimum=2), _REGRESS),
            kind="regression",
            features=lambda p: 2,
            outputs=lambda p: 1,
            standardized=False,
            forms=("sequence",),
            length=lambda p: int(p["length"]),
        ),
        Task(
            name="copy",
            summary="Repeat the first three symbols when asked to at the end, and be silent until then (copy memory).",
            target="gradtui.engine.sequences:copy",
            parameters=(
                _samples(10_000),
                _length(20, "Time steps: three symbols, a wait, three to answer in.", minimum=7),
                Parameter("symbols", int, 4, "Different symbols.", minimum=2, maximum=100),
                _CLASSIFY,
            ),
            kind="classification",
            features=lambda p: int(p["symbols"]) + 2,
            outputs=lambda p: int(p["symbols"]) + 1,
            standardized=False,
            forms=("sequence",),
            length=lambda p: int(p["length"]),
            per_step=True,
        ),
        Task(
            name="sequential-digits",
            summary="scikit-learn's 8x8 digits read over time, by rows of pixels or pixel by pixel.",
            target="gradtui.engine.sequences:sequential_digits",
            parameters=(
                Parameter("by", str, "row", "What is read in one time step.", choices=("row", "pixel"), label="read by"),
                _CLASSIFY,
            ),
            kind="classification",
            features=lambda p: 8 if p["by"] == "row" else 1,
            outputs=lambda p: 10,
            forms=("sequence",),
            length=lambda p: 8 if p["by"] == "row" else 64,
        ),
        Task(
            name="parity",
            summary="At every time step, whether the bits so far have an odd number of ones: each counts, the first to the last.",
            target="gradtui.engine.sequences:parity",
            parameters=(_samples(10_000), _length(20, "Bits in a sequence."), _CLASSIFY),
            kind="classification",
            features=lambda p: 1,
            outputs=lambda p: 2,
            standardized=False,
            forms=("sequence",),
            length=lambda p: int(p["length"]),
            per_step=True,
        ),
        Task(
            name="text",
            summary="50 000 characters of small stories from a grammar: foretell the next character; the last tenth validates.",
            target="gradtui.engine.tasks:text",
            parameters=(
                Parameter("length", int, 64, "Characters in a window.", minimum=2, maximum=1024),
                _CLASSIFY,
            ),
            kind="classification",
            features=lambda p: len(ALPHABET),
            outputs=lambda p: len(ALPHABET),
            standardized=False,
            forms=("tokens",),
            length=lambda p: int(p["length"]),
            per_step=True,
            count=lambda p: (TEXT - TEXT // 10 - 1) // int(p["length"]),
        ),
    ),
)
