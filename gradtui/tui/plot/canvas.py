"""Drawing by plotext: marks in the unit square become characters with the mark that they belong to.

The one file that knows plotext, version 5, which raises on infinities and on limits far from the data. It is given coordinates
from 0 to 1 and nothing else; scales, clipping and axes are ours.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import plotext
from rich.text import Text

_RUN = re.compile(r"((?:\x1b\[[0-9;]*m)*)([^\x1b\n]*)")
_INK = re.compile(r"38;5;(\d+)m")
_INKS = 256

Rows = list[list[tuple[str, str]]]
"""Characters with their ink, from the top row down; the empty ink for what nothing was drawn on."""


@dataclass(frozen=True)
class Mark:
    """Points of one ink: dots ("braille") or a character, joined by lines or not. Coordinates run from 0 to 1, y upwards."""

    x: Sequence[float]
    y: Sequence[float]
    marker: str
    ink: str
    joined: bool = False


def draw(marks: Sequence[Mark], width: int, height: int) -> Rows:
    """Draw marks over each other, the last on top, on `height` rows of `width` characters."""
    if width < 1 or height < 1:
        return [[] for _ in range(height)]
    inks = list(dict.fromkeys(mark.ink for mark in marks))[:_INKS]
    plotext.clear_figure()
    plotext.theme("clear")
    plotext.limit_size(False, False)
    plotext.plot_size(width, height)
    plotext.frame(False)
    plotext.xticks([])
    plotext.yticks([])
    plotext.xlim(0, 1)
    plotext.ylim(0, 1)
    for mark in marks:
        if len(mark.x):
            put = plotext.plot if mark.joined else plotext.scatter
            put(list(mark.x), list(mark.y), marker=mark.marker, color=inks.index(mark.ink))
    return [_row(line, inks) for line in plotext.build().split("\n")[:height]]


def text(row: Sequence[tuple[str, str]]) -> Text:
    """A row as text whose styles are its inks."""
    line = Text()
    for ink, run in groupby(row, lambda cell: cell[1]):
        line.append("".join(character for character, _ in run), ink or None)
    return line


def _row(line: str, inks: Sequence[str]) -> list[tuple[str, str]]:
    cells: list[tuple[str, str]] = []
    for escapes, characters in _RUN.findall(line):
        found = _INK.search(escapes)
        ink = inks[int(found.group(1))] if found else ""
        cells += [(character, ink) for character in characters]
    return cells
