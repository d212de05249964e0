"""What stands on the terminal, cell by cell, so that only what changes is sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby, islice

from rich.cells import get_character_cell_size
from rich.color import ColorSystem
from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip

Cell = tuple[str, str]
"""One column: a character and the codes of its style. The second column of a wide character holds the empty string."""
UNKNOWN: Cell = ("", "?")

_NEAR = 6
"""Unchanged cells between two changes that cost less to send again than moving the cursor past them."""


class Picture:
    """The cells that a terminal shows, as far as they are known."""

    def __init__(self) -> None:
        self._rows: list[list[Cell]] = []

    def forget(self) -> None:
        """Take nothing for known: the terminal was cleared, or something else wrote to it, or what was sent got lost."""
        self._rows = []

    def paint(self, size: Size, pieces: Iterable[tuple[int, int, Iterable[Segment]]], colours: ColorSystem) -> str:
        """What to send so that a terminal of this size shows these pieces, each from a column and a row on, as far as it can."""
        if len(self._rows) != size.height or len(self._rows[0]) != size.width:
            self._rows = [[UNKNOWN] * size.width for _ in range(size.height)]
        sent: list[str] = []
        style, at = "", -1
        for x, y, segments in pieces:
            if x >= size.width or y >= size.height:
                continue
            row, cells = self._rows[y], cells_of(segments, colours)[: size.width - x]
            for start, end in changed(row[x : x + len(cells)], cells):
                sent.append(f"\x1b[{x + start + 1}G" if y == at else f"\x1b[{y + 1};{x + start + 1}H")
                at = y
                for codes, run in groupby(cells[start:end], lambda cell: cell[1]):
                    if codes != style:
                        sent.append(switched(style, codes))
                        style = codes
                    sent.extend(character for character, _ in run)
            if row[x][0] == "" and x > 0:
                row[x - 1] = UNKNOWN  # half of a wide character: nobody knows what the terminal makes of it
            row[x : x + len(cells)] = cells
        if style:
            sent.append("\x1b[m")
        return "".join(sent)


@lru_cache(4096)
def switched(before: str, after: str) -> str:
    """What takes a terminal from one style to another: only what differs, where nothing has to be switched off."""
    old, new = _parts(before), _parts(after)
    if old.keys() <= new.keys():
        return f"\x1b[{';'.join(codes for name, codes in new.items() if old.get(name) != codes)}m"
    return f"\x1b[0;{after}m" if after else "\x1b[m"


def _parts(style: str) -> dict[str, str]:
    """The codes of a style by what they set: the ink, the ground, or one property each."""
    codes, parts = iter(style.split(";") if style else ()), dict[str, str]()
    for code in codes:
        if code in ("38", "48"):
            kind = next(codes)
            code = ";".join([code, kind, *islice(codes, 3 if kind == "2" else 1)])
        number = int(code.partition(";")[0])
        parts["ink" if 30 <= number < 40 or 90 <= number < 98 else "ground" if 40 <= number < 50 or number >= 100 else code] = code
    return parts


def cells_of(segments: Iterable[Segment], colours: ColorSystem) -> list[Cell]:
    """The cells of a line of text. What has no width goes with the character before it."""
    cells: list[Cell] = []
    for text, style, _ in segments:
        codes = "" if style is None else Strip.render_ansi(style, colours) if style._ansi is None else style._ansi
        if text.isascii():
            cells += [(character, codes) for character in text]
            continue
        for character in text:
            width = get_character_cell_size(character)
            if width:
                cells += [(character, codes), ("", codes)][:width]
            elif cells:
                at = -1 if cells[-1][0] else -2
                cells[at] = cells[at][0] + character, cells[at][1]
    return cells


def changed(before: Sequence[Cell], after: Sequence[Cell]) -> Iterator[tuple[int, int]]:
    """The runs of cells, first and end, in which two rows of one length differ."""
    if before == after:
        return iter(())
    runs: list[list[int]] = []
    for x, pair in enumerate(zip(before, after, strict=True)):
        if pair[0] != pair[1]:
            if runs and x - runs[-1][1] <= _NEAR:
                runs[-1][1] = x + 1
            else:
                runs.append([x, x + 1])
    return ((start, end) for start, end in runs)
