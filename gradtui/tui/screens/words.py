"""Asks for a line of words."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Label

from gradtui.tui.screens.dialog import Dialog
from gradtui.tui.widgets.entry import Entry


class WordsDialog(Dialog[str]):
    """Returns the words, or None when a person goes back."""

    CSS_PATH = "save.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", show=False)]

    def __init__(self, title: str, told: str, words: str) -> None:
        """`told` says what the words are for, `words` are those that stand there now."""
        super().__init__()
        self._title, self._told, self._words = title, told, words

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = self._title
            box.border_subtitle = "enter Keep  esc Back"
            yield Label(self._told)
            yield Entry(self._words, max_length=200)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.dismiss(event.value.strip())

    def action_back(self) -> None:
        """Leave them as they are."""
        self.dismiss(None)
