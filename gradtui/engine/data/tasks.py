"""The tasks' data: each function draws a training and a validation part from a numpy generator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradtui.catalog import grammar
from gradtui.catalog.tasks import ALPHABET, TEXT

Array = NDArray[Any]
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Subset:
    """Inputs [samples, features], or tokens [samples, time], and targets: classes [samples] or [samples, time], or numbers
    [samples, outputs].
    """

    inputs: Array
    targets: Array


@dataclass(frozen=True)
class Data:
    """What is trained on, what is kept aside to choose by, and what no choice looks at, if there is such a part."""

    training: Subset
    validation: Subset
    test: Subset | None = None

    @property
    def parts(self) -> tuple[Subset, ...]:
        """All that there are, the training part first."""
        return (self.training, self.validation) if self.test is None else (self.training, self.validation, self.test)


def spirals(values: Values, random: np.random.Generator) -> Data:
    """Arms of radius 1 that each make half a turn; noise moves a point along both axes of the plane."""

    def drawn(samples: int) -> Subset:
        arms = values["arms"]
        arm = random.permutation(samples) % arms
        radius = np.sqrt(random.uniform(0.02, 1, samples))
        angle = 2 * np.pi * arm / arms + np.pi * radius
        points = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        return Subset(points + values["noise"] * random.standard_normal(points.shape), arm)

    return both(drawn, values)


def moons(values: Values, random: np.random.Generator) -> Data:
    """Two interleaved half-circles (scikit-learn's make_moons)."""
    from sklearn.datasets import make_moons

    return both(lambda samples: Subset(*make_moons(samples, noise=values["noise"], random_state=state(random))), values)


def circles(values: Values, random: np.random.Generator) -> Data:
    """A circle of radius 1/2 inside one of radius 1 (scikit-learn's make_circles)."""
    from sklearn.datasets import make_circles

    def drawn(samples: int) -> Subset:
        return Subset(*make_circles(samples, noise=values["noise"], factor=0.5, random_state=state(random)))

    return both(drawn, values)


def xor(values: Values, random: np.random.Generator) -> Data:
    """Points around the corners of a square; the class says whether the coordinates' signs differ."""

    def drawn(samples: int) -> Subset:
        corner = random.permutation(samples) % 4
        signs = np.stack([corner % 2, corner // 2], axis=1)
        points = 2.0 * signs - 1 + values["noise"] * random.standard_normal(signs.shape)
        return Subset(points, signs.sum(axis=1) % 2)

    return both(drawn, values)


def digits(values: Values, random: np.random.Generator) -> Data:
    """1 797 handwritten digits of 8x8 pixels (scikit-learn's load_digits), a fifth of each class kept for validation."""
    from sklearn.datasets import load_digits

    inputs, targets = load_digits(return_X_y=True)
    return split(inputs, targets, random)


def sine(values: Values, random: np.random.Generator) -> Data:
    """The sine of a number between -pi and pi, with noise on the target."""

    def drawn(samples: int) -> Subset:
        x = random.uniform(-np.pi, np.pi, (samples, 1))
        return Subset(x, np.sin(x) + values["noise"] * random.standard_normal(x.shape))

    return both(drawn, values)


def uniform(values: Values, random: np.random.Generator) -> Data:
    """The tutorial's data: inputs and targets uniform in [0, 1)."""
    return both(lambda samples: Subset(random.random((samples, values["features"])), random.random((samples, 1))), values)


def text(values: Values, random: np.random.Generator) -> Data:
    """Windows of the grammar's text, one after the other, and for each character the one that follows it; the last tenth is kept
    for validation.
    """
    number = {character: at for at, character in enumerate(ALPHABET)}
    written = np.array([number[character] for character in grammar.text(TEXT, random)])
    return Data(*(_windows(part, values["length"]) for part in np.split(written, [TEXT - TEXT // 10])))


def _windows(characters: Array, length: int) -> Subset:
    count = (len(characters) - 1) // length
    return Subset(*(characters[start : start + count * length].reshape(count, length) for start in (0, 1)))


def both(drawn: Callable[[int], Subset], values: Values) -> Data:
    """As many training samples as the task says, and a quarter as many for validation."""
    samples = values["samples"]
    return Data(drawn(samples), drawn(samples // 4))


def split(inputs: Array, targets: Array, random: np.random.Generator) -> Data:
    """Data that are what they are, a fifth kept for validation; a fifth of each class where targets are classes."""
    from sklearn.model_selection import train_test_split

    classes = None if np.issubdtype(targets.dtype, np.floating) else targets
    x, x_kept, y, y_kept = train_test_split(inputs, targets, test_size=0.2, stratify=classes, random_state=state(random))
    return Data(Subset(x, y), Subset(x_kept, y_kept))


def state(random: np.random.Generator) -> int:
    """A seed for scikit-learn."""
    return int(random.integers(1 << 32))
