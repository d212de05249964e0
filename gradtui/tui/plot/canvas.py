"""Drawing: marks in the unit square become characters with the ink of the mark that they belong to.

Coordinates run from 0 to 1 and are numbers; scales, clipping and axes are made before. Lines are drawn in braille, with two dots
by four in a cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray
from rich.text import Text

_BLANK, _NONE = 0x2800, -1
_ACROSS, _UP = 2, 4
_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], dtype=np.int64)
"""What each dot of a cell adds to the code of the blank braille character, from the top row down."""

Rows = list[list[tuple[str, str]]]
"""Characters with their ink, from the top row down; the empty ink for what nothing was drawn on."""

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Mark:
    """Points of one ink: dots ("braille") or a character, joined by lines or not. Coordinates run from 0 to 1, y upwards."""

    x: Sequence[float]
    y: Sequence[float]
    marker: str
    ink: str
    joined: bool = False


def draw(marks: Sequence[Mark], width: int, height: int) -> Rows:
    """Draw marks over each other on `height` rows of `width` characters. The last has the ink of a cell; dots add up."""
    if width < 1 or height < 1:
        return [[] for _ in range(height)]
    codes = np.full((height, width), ord(" "), dtype=np.int64)
    owners = np.full((height, width), _NONE, dtype=np.int64)
    for number, mark in enumerate(marks):
        if not len(mark.x):
            continue
        if mark.marker == "braille":
            cells, dots = _dots(mark, width, height)
            under = codes[cells]
            codes[cells] = np.where(under >= _BLANK, under, _BLANK) | dots[cells]
        else:
            cells = _cells(mark, width, height)
            codes[cells] = ord(mark.marker)
        owners[cells] = number
    inks = [*(mark.ink for mark in marks), ""]
    return [
        [(chr(code), inks[owner]) for code, owner in zip(*row, strict=True)]
        for row in zip(codes.tolist(), owners.tolist(), strict=True)
    ]


def _cells(mark: Mark, width: int, height: int) -> tuple[Whole, Whole]:
    """The rows and columns of a mark's cells."""
    across, up = _joined(mark, width, height)
    return height - 1 - up, across


def _dots(mark: Mark, width: int, height: int) -> tuple[tuple[Whole, Whole], Whole]:
    """The rows and columns of the cells that a mark has dots in, and the dots of every cell."""
    across, up = _joined(mark, _ACROSS * width, _UP * height)
    raised = np.zeros((_UP * height, _ACROSS * width), dtype=np.int64)
    raised[_UP * height - 1 - up, across] = 1
    dots: Whole = (raised.reshape(height, _UP, width, _ACROSS) * _BITS[None, :, None, :]).sum((1, 3))
    rows, columns = np.nonzero(dots)
    return (rows, columns), dots


def _joined(mark: Mark, across: int, up: int) -> tuple[Whole, Whole]:
    """The grid points of a mark, and of the lines between them if they are joined, on a grid of so many points."""
    x, y = (
        np.rint(np.asarray(values, dtype=np.float64) * (count - 1)).astype(np.int64)
        for values, count in ((mark.x, across), (mark.y, up))
    )
    if not mark.joined or len(x) < 2:
        return x, y
    legs = np.maximum(np.maximum(np.abs(np.diff(x)), np.abs(np.diff(y))), 1)
    leg = np.repeat(np.arange(len(legs)), legs)
    share = (np.arange(len(leg)) - (np.cumsum(legs) - legs)[leg]) / legs[leg]
    return (
        np.append(np.rint(x[leg] + share * np.diff(x)[leg]).astype(np.int64), x[-1]),
        np.append(np.rint(y[leg] + share * np.diff(y)[leg]).astype(np.int64), y[-1]),
    )


def text(row: Sequence[tuple[str, str]]) -> Text:
    """A row as text whose styles are its inks."""
    line = Text()
    for ink, run in groupby(row, lambda cell: cell[1]):
        line.append("".join(character for character, _ in run), ink or None)
    return line
