"""Partial updates of the screen that begin where the change begins.

Textual 8 crops an update on the right only: each one is sent from the left edge of its widget. The rest of it is as Textual has it.
"""

from __future__ import annotations

from rich.console import Console, RenderableType
from rich.control import Control
from textual._compositor import ChopsUpdate
from textual.app import App
from textual.screen import Screen


class CroppedUpdate(ChopsUpdate):
    """Changed runs of cells, each cropped at both ends."""

    def render_segments(self, console: Console) -> str:
        """The runs as the terminal takes them."""
        parts = []
        for y, x1, x2 in self.spans:
            for (x, strip), end in zip(self.chops[y].items(), self.chop_ends[y], strict=False):
                if strip is not None and x < x2 and end > x1:
                    start = max(x, x1)
                    parts += [
                        Control.move_to(start, y).segment.text,
                        strip.crop(start - x, min(end, x2) - x).render(console),
                    ]
        return "".join(parts)


class CellsApp(App[None]):
    """An app that sends changed cells only."""

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if isinstance(renderable, ChopsUpdate):
            renderable = CroppedUpdate(renderable.chops, renderable.spans, renderable.chop_ends)
        super()._display(screen, renderable)
