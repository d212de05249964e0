"""The data of tasks over time: inputs are [samples, time steps, features]."""

from __future__ import annotations

import numpy as np

from gradtui.engine.data.tasks import Data, Subset, Values, both, digits

_REMEMBERED = 3
"""Symbols that a copy task shows at the start and asks for at the end."""


def adding(values: Values, random: np.random.Generator) -> Data:
    """Numbers uniform in [0, 1), and a second feature that is 1 at one place in either half and 0 elsewhere; the target is the sum
    of the two numbers there, whose variance is 1/6.
    """

    def drawn(samples: int) -> Subset:
        length, rows = values["length"], np.arange(samples)
        numbers, marks = random.random((samples, length)), np.zeros((samples, length))
        one, other = random.integers(length // 2, size=samples), random.integers(length // 2, length, size=samples)
        marks[rows, one] = marks[rows, other] = 1
        return Subset(np.stack([numbers, marks], axis=2), (numbers[rows, one] + numbers[rows, other])[:, None])

    return both(drawn, values)


def copy(values: Values, random: np.random.Generator) -> Data:
    """Symbols, then blanks, then a sign to answer and blanks again, one-hot; the targets are blank until the answer, which is the
    symbols in their order. Blank is class 0.
    """

    def drawn(samples: int) -> Subset:
        length, symbols = values["length"], values["symbols"]
        shown = random.integers(1, symbols + 1, (samples, _REMEMBERED))
        inputs, targets = np.zeros((2, samples, length), dtype=np.int64)
        inputs[:, :_REMEMBERED] = targets[:, -_REMEMBERED:] = shown
        inputs[:, -_REMEMBERED] = symbols + 1
        return Subset(np.eye(symbols + 2)[inputs], targets)

    return both(drawn, values)


def sequential_digits(values: Values, random: np.random.Generator) -> Data:
    """The digits task read over time: 8 time steps of 8 pixels, or 64 of one."""
    size = 8 if values["by"] == "row" else 1
    data = digits(values, random)
    return Data(
        *(Subset(part.inputs.reshape(len(part.inputs), -1, size), part.targets) for part in (data.training, data.validation))
    )


def parity(values: Values, random: np.random.Generator) -> Data:
    """Bits as -1 and 1; the class of a time step is 1 where an odd number of the bits so far is 1."""

    def drawn(samples: int) -> Subset:
        bits = random.integers(0, 2, (samples, values["length"]))
        return Subset(2.0 * bits[:, :, None] - 1, bits.cumsum(axis=1) % 2)

    return both(drawn, values)
