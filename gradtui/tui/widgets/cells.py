"""Widgets that send only the cells that changed, so that a slow link carries them too."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style, StyleType
from rich.text import Text
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

Cell = tuple[str, Style]
"""One column of the screen: a character with its style. The second column of a wide character holds the empty string."""
Picture = list[list[Cell]]

_NEAR = 6
"""Unchanged cells between two changes that cost less to send again than moving the cursor past them."""


class Cells(Widget):
    """Shows rows of text in place. Cells are compared with those on the screen; nothing else is sent, and nothing is laid out.

    A row longer or a list taller than the widget is cropped, what is missing is blank. A style in a row may be a Rich style or
    the name of a component class with a dot in front, such as ".line--quiet"; names follow a change of theme by themselves.
    """

    ALLOW_SELECT = False

    _rows: Sequence[Text] = ()
    _picture: Picture | None = None
    _heading = ("", "")

    def show(self, rows: Sequence[Text]) -> None:
        """Show these rows, from the top, in place of the last ones."""
        self._rows = rows
        old = self._picture
        if old is None or not self._fits(old):
            self._picture = None
            self.refresh()
            return
        self._picture = self._painted()
        regions = list(changed(old, self._picture))
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
        if self._picture is None or not self._fits(self._picture):
            self._picture = self._painted()
        if y >= len(self._picture):
            return Strip.blank(self.size.width, self.visual_style.rich_style)
        segments = [Segment("".join(c for c, _ in run), style) for style, run in groupby(self._picture[y], lambda cell: cell[1])]
        return Strip(segments, self.size.width)

    def notify_style_update(self) -> None:
        """Paint anew when the theme or the style sheet changes. Called by Textual."""
        self._picture = None
        super().notify_style_update()

    def _fits(self, picture: Picture) -> bool:
        width, height = self.size
        return len(picture) == height and (not picture or len(picture[0]) == width)

    def _painted(self) -> Picture:
        width, height = self.size
        base = self.visual_style.rich_style
        known: dict[StyleType, Style] = {}

        def resolved(style: StyleType) -> Style:
            if style not in known:
                known[style] = self._resolved(style)
            return known[style]

        rows = [cells_of(row, width, base, resolved) for row in self._rows[:height]]
        return rows + [[(" ", base)] * width for _ in range(height - len(rows))]

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


def changed(old: Picture, new: Picture) -> Iterator[Region]:
    """The runs of cells in which two pictures of one size differ, none of which cuts a wide character in half."""
    for y, (before, after) in enumerate(zip(old, new, strict=True)):
        if before == after:
            continue
        runs: list[list[int]] = []
        for x, pair in enumerate(zip(before, after, strict=True)):
            if pair[0] != pair[1]:
                if runs and x - runs[-1][1] <= _NEAR:
                    runs[-1][1] = x + 1
                else:
                    runs.append([x, x + 1])
        for start, end in runs:
            while end < len(after) and "" in (before[end][0], after[end][0]):
                end += 1
            yield Region(start, y, end - start, 1)
