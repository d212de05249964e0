"""Widgets that are rows of text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby, zip_longest

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style, StyleType
from rich.text import Text
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

Cell = tuple[str, Style]
"""One column of the screen: a character with its style. The second column of a wide character holds the empty string."""


class Cells(Widget):
    """Shows rows of text in place. Only rows that changed are rendered again, and nothing is laid out.

    A row longer or a list taller than the widget is cropped, what is missing is blank. A style in a row may be a Rich style or
    the name of a component class with a dot in front, such as ".line--quiet"; names follow a change of theme by themselves.
    """

    ALLOW_SELECT = False

    _rows: Sequence[Text] = ()
    _heading = ("", "")

    def show(self, rows: Sequence[Text]) -> None:
        """Show these rows, from the top, in place of the last ones."""
        width, height = self.size
        known, wanted = ([(row.style, row) for row in shown[:height]] for shown in (self._rows, rows))
        regions = [Region(0, y, width, 1) for y, pair in enumerate(zip_longest(known, wanted)) if pair[0] != pair[1]]
        self._rows = rows
        if regions:
            self._dirty_regions.clear()  # Textual collects them for render(), which rows do without
            self.refresh(*regions)

    def head(self, title: str, subtitle: str) -> None:
        """Name the border in markup; without this, Textual paints the whole widget even for the title that it has."""
        if self._heading != (title, subtitle):
            self._heading = title, subtitle
            self.border_title, self.border_subtitle = title, subtitle

    def render_line(self, y: int) -> Strip:
        """The cells of one line. Part of Textual's line API."""
        base = self.visual_style.rich_style
        if y >= len(self._rows):
            return Strip.blank(self.size.width, base)
        known: dict[StyleType, Style] = {}

        def resolved(style: StyleType) -> Style:
            if style not in known:
                known[style] = self._resolved(style)
            return known[style]

        cells = cells_of(self._rows[y], self.size.width, base, resolved)
        return Strip(
            [Segment("".join(character for character, _ in run), style) for style, run in groupby(cells, lambda cell: cell[1])],
            self.size.width,
        )

    def _resolved(self, style: StyleType) -> Style:
        if isinstance(style, str) and style.startswith("."):
            return (self.visual_style + self.get_visual_style(style[1:], partial=True)).rich_style
        return Style.parse(style) if isinstance(style, str) else style


def cells_of(row: Text, width: int, base: Style, resolved: Callable[[StyleType], Style]) -> list[Cell]:
    """A row as exactly `width` cells. What has no width, control characters too, is left out; half a wide character is a blank."""
    base += resolved(row.style)
    text = row.plain
    styles = [base] * len(text)
    for start, end, style in row.spans:
        for at in range(max(start, 0), min(end, len(text))):
            styles[at] += resolved(style)
    cells: list[Cell] = []
    for character, style in zip(text, styles, strict=True):
        size = cell_len(character)
        if len(cells) + size > width:
            break
        cells += [(character, style), ("", style)][:size]
    return cells + [(" ", base)] * (width - len(cells))
