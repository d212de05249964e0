"""What all plots of a run have in common."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from textual.content import Content

from gradtui.tui.widgets.cells import Cells

_CORNERS = 4
"""Columns of a border's line that its words leave free."""


class Plot(Cells, can_focus=True):
    """A plot of a run. It is dimmed, and says so, where that run is of another experiment than the one in the forms."""

    DEFAULT_CSS = "Plot.-old { text-style: dim; }"

    _old = False

    def age(self, old: bool) -> None:
        """Say whether the experiment has changed since."""
        if old != self._old:
            self._old = old
            self.set_class(old, "-old")
            self.draw()

    def entitle(self, title: Sequence[str], legend: Sequence[str]) -> None:
        """Name the border in markup: of each list as many parts as there is room for, the first ones first."""
        title = [title[0], *(["of the run before the change"] if self._old else []), *title[1:]]
        self.head(*(gap.join(self._fitting(parts, gap)) for parts, gap in ((title, "  "), (legend, "   "))))

    def _fitting(self, parts: Sequence[str], gap: str) -> Sequence[str]:
        ends = accumulate(Content.from_markup(part).cell_length + len(gap) for part in parts)
        return [part for part, end in zip(parts, ends, strict=True) if end - len(gap) <= self.size.width - _CORNERS]

    def on_mount(self) -> None:
        self.draw()

    def on_resize(self) -> None:
        self.draw()

    def draw(self) -> None:
        """Paint what was filled in last."""
