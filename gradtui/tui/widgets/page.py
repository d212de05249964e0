"""Text that may be longer than its panel: it scrolls, everywhere by the same keys."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.visual import VisualType
from textual.widgets import Static

from gradtui.tui.key import bindings
from gradtui.tui.keys import PAGE


class Page(VerticalScroll):
    """A panel of text, read from its top."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(PAGE)
    DEFAULT_CSS = "Page > Static { padding-right: 1; }"

    def __init__(self, words: VisualType = "", *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        self._words = Static(words, id="words", markup=False)
        super().__init__(self._words, id=id, classes=classes)

    def show(self, words: VisualType) -> None:
        """Show another text, from its top."""
        self._words.update(words)
        self.scroll_home(animate=False)

    def action_turn(self, by: int) -> None:
        """Scroll by a screenful, forth (1) or back (-1)."""
        self.scroll_page_down(animate=False) if by > 0 else self.scroll_page_up(animate=False)
