"""The command palette: every command in one list, found by some of its letters.

Textual's own palette crashes on a quick second Enter (it dismisses itself twice, see `Answering`) and fills its list from workers
that outlive it. The commands here are all known beforehand, so this one needs neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.fuzzy import FuzzySearch

from gradtui.tui.screens.dialog import Dialog
from gradtui.tui.widgets.choices import Choice, Choices, Search


@dataclass(frozen=True)
class Command:
    """Something the app can do: its name as "Area: Verb", what it does in a sentence, and the call, which may be a coroutine's."""

    name: str
    help: str
    action: Callable[[], object]


class Palette(Dialog[None]):
    """Lists commands, narrows them as one types, and runs the chosen one after it has closed, on the screen below."""

    DEFAULT_CSS = """
    Palette { align: center top; }
    Palette > Vertical { width: 76; max-width: 100%; height: auto; max-height: 80%; margin-top: 2; }
    Palette OptionList { height: auto; max-height: 16; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,ctrl+p", "dismiss", "Close", show=False)]

    def __init__(self, commands: Sequence[Command]) -> None:
        super().__init__()
        self._commands = commands
        self._choices = Choices()
        self._choices.can_focus = False
        self._find("")

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield Search(self._choices, self._find, "Search for commands")
            yield self._choices

    def on_option_list_option_selected(self, event: Choices.OptionSelected) -> None:
        if self.is_active and event.option_id is not None:
            self.dismiss()
            self.app.call_later(self._commands[int(event.option_id)].action)

    def _find(self, letters: str) -> None:
        """List the commands that hold these letters in this order, best first; all of them, in their own order, for no letters."""
        match = FuzzySearch().match
        asked = letters.strip()
        scored = [(*match(asked, command.name), at) if asked else (1.0, (), at) for at, command in enumerate(self._commands)]
        found = [self._choice(at, letters) for score, letters, at in sorted(scored, key=lambda row: -row[0]) if score > 0]
        self._choices.offer({"": found}, none="No command holds these letters.")

    def _choice(self, at: int, found: Iterable[int]) -> Choice:
        """A command in the list, with the letters that were found in it."""
        command = self._commands[at]
        name = Content(command.name)
        for letter in found:
            name = name.stylize("underline", letter, letter + 1)
        return Choice(str(at), Content.assemble(name, "\n", (command.help, "dim")), command.name)
