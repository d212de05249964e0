"""A list beside the text on what is marked in it: the presets, the lessons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical

from gradtui.tui.key import Key, bindings
from gradtui.tui.keys import BROWSE, GLOBAL
from gradtui.tui.widgets.choices import Choices, Search
from gradtui.tui.widgets.page import Page


class Browse(Horizontal):
    """The list with its filter, and the page."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(BROWSE)

    def __init__(self, title: str, keys: Iterable[Key]) -> None:
        """`keys` are those of the screen."""
        super().__init__(id="body")
        self._panel = Vertical(id="choices", classes="panel")
        self.title = title
        self.choices = Choices(id="list", keys=(*keys, *BROWSE, *GLOBAL))
        self._search = Search(self.choices, self.choices.narrow, "/ to filter")
        self.page = Page(id="page", classes="panel")

    def compose(self) -> ComposeResult:
        with self._panel:
            yield self._search
            yield self.choices
        yield self.page

    @property
    def title(self) -> str:
        """What the list is of."""
        return str(self._panel.border_title)

    @title.setter
    def title(self, words: str) -> None:
        self._panel.border_title = words

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is typed into the filter is its own. Elsewhere `/` goes before all that is typed after it, however fast."""
        return not (action == "filter" and self.screen.focused is self._search)

    def action_filter(self) -> None:
        """Go to the filter."""
        self.screen.set_focus(self._search)

    def action_turn(self, by: int) -> None:
        """Scroll the page while the list has the focus."""
        self.page.action_turn(by)

    def leave_filter(self) -> bool:
        """Go back to the list from its filter; whether there was anything to leave."""
        if inside := self.screen.focused is self._search:
            self.screen.set_focus(self.choices)
        return inside
