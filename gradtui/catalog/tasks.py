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
    """`features` and `outputs` size the network's two ends; `standardized` inputs, and `scaled` targets, get mean 0 and variance 1.
    The examples of a `fixed` task are what they are; those of others are drawn, as many as one likes.

    `forms` are what a network can be given. `features` is the size of one input vector, or of one time step of a sequence, the
    number of pixels of an image, the size of the vocabulary of tokens. `length` are the time steps of sequences and tokens;
    `per_step` tasks have a target for every time step. `count` is the number of training samples.
    """

    kind: Kind
    features: Callable[[Mapping[str, Any]], int]
    outputs: Callable[[Mapping[str, Any]], int]
    standardized: bool = True
    scaled: bool = False
    fixed: bool = False
    forms: tuple[Form, ...] = ("vector",)
    length: Callable[[Mapping[str, Any]], int] | None = None
    per_step: bool = False
    count: Callable[[Mapping[str, Any]], int] = lambda p: int(p["samples"])


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
            good_for="Whether the lower layers of a deep network learn: one layer alone cannot fit it.",
            target="gradtui.engine.data.tasks:spirals",
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
            good_for="A quick look: nearly every setting that trains at all solves it in seconds.",
            target="gradtui.engine.data.tasks:moons",
            parameters=(_samples(1000), _noise(0.1, "Standard deviation of a point's distance from its moon."), _CLASSIFY),
            kind="classification",
            features=lambda p: 2,
            outputs=lambda p: 2,
        ),
        Task(
            name="circles",
            summary="A small circle inside a large one.",
            good_for="What a linear network cannot do: it stays at one half right.",
            target="gradtui.engine.data.tasks:circles",
            parameters=(_samples(1000), _noise(0.05, "Standard deviation of a point's distance from its circle."), _CLASSIFY),
            kind="classification",
            features=lambda p: 2,
            outputs=lambda p: 2,
        ),
        Task(
            name="xor",
            summary="Four corners, opposite ones alike: no single layer can do it.",
            good_for="The smallest task that needs a hidden layer, and symmetric weights that never part.",
            target="gradtui.engine.data.tasks:xor",
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
            good_for="Comparing optimizers, depths and networks on real data that trains in seconds.",
            target="gradtui.engine.data.tasks:digits",
            parameters=(_CLASSIFY,),
            fixed=True,
            kind="classification",
            features=lambda p: 64,
            outputs=lambda p: 10,
            forms=("vector", "image"),
            count=lambda p: 1437,
        ),
        Task(
            name="wine",
            summary="178 real wines from three growers, thirteen measurements each (scikit-learn); a fifth is kept for validation.",
            good_for="Overfitting in seconds: a handful of real samples that any network can learn by heart.",
            target="gradtui.engine.data.tabular:wine",
            parameters=(_CLASSIFY,),
            fixed=True,
            kind="classification",
            features=lambda p: 13,
            outputs=lambda p: 3,
            count=lambda p: 142,
        ),
        Task(
            name="breast-cancer",
            summary="569 real tumours, thirty measurements each, benign or not (scikit-learn); a fifth is kept for validation.",
            good_for="A baseline: a shallow network gets past 95 %, so depth that gets less has lost its gradient.",
            target="gradtui.engine.data.tabular:breast_cancer",
            parameters=(_CLASSIFY,),
            fixed=True,
            kind="classification",
            features=lambda p: 30,
            outputs=lambda p: 2,
            count=lambda p: 455,
        ),
        Task(
            name="diabetes",
            summary="442 real patients, ten measurements each, and their disease a year later (scikit-learn).",
            good_for="Regression on noisy real data: half of the variance is all that can be explained.",
            target="gradtui.engine.data.tabular:diabetes",
            parameters=(_REGRESS,),
            fixed=True,
            scaled=True,
            kind="regression",
            features=lambda p: 10,
            outputs=lambda p: 1,
            count=lambda p: 353,
        ),
        Task(
            name="friedman",
            summary="Friedman's function of five inputs among ten (1991): a sine, a square and a line; the others do nothing.",
            good_for="Regression whose best loss is known: as many samples as wanted, and noise of a chosen size.",
            target="gradtui.engine.data.tabular:friedman",
            parameters=(_samples(1000), _noise(1.0, "Standard deviation of the noise on a target whose own is about 5."), _REGRESS),
            scaled=True,
            kind="regression",
            features=lambda p: 10,
            outputs=lambda p: 1,
        ),
        Task(
            name="sine",
            summary="One number in, its sine out.",
            good_for="Regression that can be checked by eye; a deep sigmoid network leaves it flat.",
            target="gradtui.engine.data.tasks:sine",
            parameters=(_samples(1000), _noise(0.05, "Standard deviation of the noise on the target."), _REGRESS),
            kind="regression",
            features=lambda p: 1,
            outputs=lambda p: 1,
        ),
        Task(
            name="uniform",
            summary="The tutorial's data: inputs and targets uniform in [0, 1), with nothing to learn but the mean.",
            good_for="Gradients as they start: the data's structure plays no part in them.",
            target="gradtui.engine.data.tasks:uniform",
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
            good_for="Gradients over time: what the first number does to the sum must come back through every step.",
            target="gradtui.engine.data.sequences:adding",
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
            good_for="Memory over a wait of any length: the gradient of the answer must reach the symbols before it.",
            target="gradtui.engine.data.sequences:copy",
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
            good_for="Recurrent networks on real data; by pixel, gradients travel 64 steps.",
            target="gradtui.engine.data.sequences:sequential_digits",
            parameters=(
                Parameter("by", str, "row", "What is read in one time step.", choices=("row", "pixel"), label="read by"),
                _CLASSIFY,
            ),
            fixed=True,
            kind="classification",
            features=lambda p: 8 if p["by"] == "row" else 1,
            outputs=lambda p: 10,
            count=lambda p: 1437,
            forms=("sequence",),
            length=lambda p: 8 if p["by"] == "row" else 64,
        ),
        Task(
            name="parity",
            summary="At every time step, whether the bits so far have an odd number of ones: each counts, the first to the last.",
            good_for="What feed-forward networks find hardest: every bit counts, and a state of one bit solves it.",
            target="gradtui.engine.data.sequences:parity",
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
            good_for="Transformers: the loss falls from that of guessing to the grammar's own entropy.",
            target="gradtui.engine.data.tasks:text",
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
