"""The command palette: everything that can be done here in one list, found by any of its words.

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
    """Something the app can do: its name as "Area: Verb", what it does in a sentence, and the call, which may be a coroutine's.

    `words` find it too. `theme` is the one that is shown while the command is marked.
    """

    name: str
    help: str
    action: Callable[[], object]
    words: str = ""
    theme: str = ""


class Palette(Dialog[None]):
    """Lists commands, narrows them as one types, and runs the chosen one after it has closed, on the screen below."""

    CSS_PATH = "palette.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,ctrl+p", "back", "Close", show=False)]

    def __init__(self, commands: Sequence[Command]) -> None:
        super().__init__()
        self._commands = commands
        self._theme = self.app.theme
        self._choices = Choices()
        self._choices.can_focus = False
        self._find("")

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield Search(self._choices, self._find, "Search for commands, values, presets, lessons ...")
            yield self._choices

    def on_option_list_option_highlighted(self, event: Choices.OptionHighlighted) -> None:
        """Show the theme that is marked, and else the one that was there."""
        if self.is_active and event.option_id is not None:
            self.app.theme = self._commands[int(event.option_id)].theme or self._theme

    def on_option_list_option_selected(self, event: Choices.OptionSelected) -> None:
        if self.is_active and event.option_id is not None:
            self.dismiss()
            self.app.call_later(self._commands[int(event.option_id)].action)

    def action_back(self) -> None:
        """Do nothing."""
        if self.is_active:
            self.app.theme = self._theme
            self.dismiss()

    def _find(self, asked: str) -> None:
        """List the commands that hold these words, those named by them first; where there are none, those that hold the letters in
        this order, best first; all of them, in their own order, for no words.
        """
        words = asked.lower().split()
        ranked = sorted((rank, at) for at, command in enumerate(self._commands) if (rank := _rank(words, command)) is not None)
        found = [self._choice(at, _places(words, self._commands[at].name)) for _, at in ranked]
        self._choices.offer({"": found or self._spelled(asked.strip())}, none="No command holds these letters.")

    def _spelled(self, letters: str) -> list[Choice]:
        match = FuzzySearch().match
        scored = [(*match(letters, command.name), at) for at, command in enumerate(self._commands)]
        return [self._choice(at, found) for score, found, at in sorted(scored, key=lambda row: -row[0]) if score > 0]

    def _choice(self, at: int, found: Iterable[int]) -> Choice:
        """A command in the list, with the letters that were found in it."""
        command = self._commands[at]
        name = Content(command.name)
        for letter in found:
            name = name.stylize("underline", letter, letter + 1)
        return Choice(str(at), Content.assemble(name, "\n", (command.help, "dim")), command.name)


def _rank(words: Sequence[str], command: Command) -> int | None:
    """How well the words name a command, 0 the best; None where one of them stands nowhere."""
    name, more = f" {command.name.lower()}", f" {command.help} {command.words}".lower()
    if all(f" {word}" in name for word in words):
        return 0
    if all(word in name for word in words):
        return 1
    if all(f" {word}" in name or f" {word}" in more for word in words):
        return 2
    return 3 if all(word in name or word in more for word in words) else None


def _places(words: Sequence[str], name: str) -> list[int]:
    """The letters of a name that were asked for."""
    starts = [(name.lower().find(word), len(word)) for word in words]
    return [at for start, length in starts if start >= 0 for at in range(start, start + length)]
