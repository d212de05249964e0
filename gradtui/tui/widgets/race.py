"""What a race shows: the loss over steps, the loss over rates, and the table of entrants or points."""

from __future__ import annotations

import math
from typing import ClassVar

from rich.text import Text
from textual.binding import BindingType
from textual.events import Click

from gradtui.tui.key import bindings
from gradtui.tui.keys import TABLE
from gradtui.tui.plot import glyphs
from gradtui.tui.plot.bands import INKS, Bands, bands, ink, sign
from gradtui.tui.widgets.cells import Cells
from gradtui.tui.widgets.plot import Plot
from gradtui.tui.widgets.standing import Row

_COLOURS = "\n".join(f"    .race--{at} {{ color: $race-{at}; }}" for at in range(INKS))
INK_NAMES = {f"race--{at}" for at in range(INKS)}


class BandPlot(Plot):
    """Lines of entrants with their bands."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {*INK_NAMES, "race--band", "race--lost", "loss--axis"}
    DEFAULT_CSS = f"""
    BandPlot {{
    {_COLOURS}
        .race--band {{ color: $loss-band; }}
        .loss--axis {{ color: $quiet; }}
        .race--lost {{ color: $grad-exploding; }}
    }}
    """

    _shown: Bands | None = None
    _title: tuple[str, str, str] = ("", "", "")

    def fill(self, title: str, across: str, shown: Bands, band: str = "quartiles") -> None:
        """Show these lines in place of the last ones; `band` says what the bands are."""
        if (shown, (title, across, band)) != (self._shown, self._title):
            self._shown, self._title = shown, (title, across, band)
            if self.is_attached:
                self.draw()

    def draw(self) -> None:
        shown = self._shown
        if shown is None:
            return
        lost = [f"[$grad-exploding]{glyphs.LOST} diverged[/]"] if any(line.lost for line in shown.lines) else []
        self.entitle([self._title[0], f"[$loss-band]{glyphs.BAND}[/] {self._title[2]}", *lost], [self._title[1]])
        width, height = self.size
        if not any(len(line.x) for line in shown.lines):
            self.show([Text(" Nothing is known yet.", ".loss--axis")])
        elif width and height:
            self.show(bands(shown, width, height))


class Table(Cells, can_focus=True):
    """Rows that are sorted anew as numbers come, with one of them marked; the mark stays with its row."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(TABLE)
    COMPONENT_CLASSES: ClassVar[set[str]] = {*INK_NAMES, "table--head", "table--marked", "table--quiet"}
    DEFAULT_CSS = f"""
    Table {{
    {_COLOURS}
        .table--head {{ color: $quiet; }}
        .table--quiet {{ color: $quiet; }}
        .table--marked {{ background: $cursor; }}
    }}
    """

    _table: tuple[tuple[str, ...], tuple[Row, ...]] = ((), ())
    _marked = ""
    _first = 0

    def fill(self, heads: tuple[str, ...], rows: tuple[Row, ...]) -> None:
        """Show these rows in place of the last ones."""
        if self._table != (heads, rows):
            self._table = heads, rows
            self.draw()

    @property
    def marked(self) -> Row | None:
        """The marked row, the first where none is."""
        rows = self._table[1]
        return next((row for row in rows if row.name == self._marked), rows[0] if rows else None)

    def on_mount(self) -> None:
        self.draw()

    def on_resize(self) -> None:
        self.draw()

    def on_focus(self) -> None:
        self.draw()

    def on_blur(self) -> None:
        self.draw()

    def action_mark(self, by: int) -> None:
        """Move the mark by so many rows."""
        rows = self._table[1]
        if rows and (marked := self.marked) is not None:
            at = max(0, min(len(rows) - 1, rows.index(marked) + by))
            self._marked = rows[at].name
            self.draw()

    def on_click(self, event: Click) -> None:
        at = event.y - 1 + self._first
        if 0 <= at < len(self._table[1]):
            self._marked = self._table[1][at].name
            self.draw()

    def draw(self) -> None:
        """Paint the heads and as many rows as fit, the marked one among them."""
        heads, rows = self._table
        width, height = self.size
        if not (width and height):
            return
        if not rows:
            self.show([Text(" Nothing is known yet.", ".table--quiet")])
            return
        marked = self.marked
        at, room = (rows.index(marked) if marked else 0), max(1, height - 1)
        self._first = max(0, min(max(self._first, at - room + 1), at, len(rows) - room))
        shown = rows[self._first : self._first + room]
        columns = [max(len(head), *(len(row.cells[column]) for row in rows)) for column, head in enumerate(heads)]
        while len(columns) > 2 and sum(columns) + 2 * len(columns) + 2 > width:
            columns.pop()
        head = Text("   ", ".table--head").append("  ".join(f"{head:<{size}}" for head, size in zip(heads, columns, strict=False)))
        self.show([head, *(self._row(row, columns, row is marked) for row in shown)])

    def _row(self, row: Row, columns: list[int], marked: bool) -> Text:
        style = ".table--marked" if marked and self.has_focus else ".table--quiet" if row.quiet else ""
        line = Text(" " if not marked else ">", style).append(f"{sign(row.entrant)} ", ink(row.entrant))
        cells = "  ".join(f"{cell:<{size}}" for cell, size in zip(row.cells, columns, strict=False))
        return line.append(cells.ljust(self.size.width))


def left_in_words(seconds: float | None, share: float) -> str:
    """How much is done, and the time that is left."""
    words = f"{100 * share:3.0f} %"
    if seconds is None or not math.isfinite(seconds):
        return words
    minutes, rest = divmod(round(seconds), 60)
    return f"{words}  {f'{minutes} min ' if minutes else ''}{rest} s left"
