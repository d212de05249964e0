"""The command palette: every command in one list, found by some of its letters.

Textual's own palette crashes on a quick second Enter (it dismisses itself twice, see `Dialog`) and fills its list from workers that
outlive it. The commands here are all known beforehand, so this one needs neither.
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
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from gradtui.tui.screens.dialog import Dialog


@dataclass(frozen=True)
class Command:
    """Something the app can do: its name as "Area: Verb", what it does in a sentence, and the call, which may be a coroutine's."""

    name: str
    help: str
    action: Callable[[], object]


class _Entry(Option):
    """A command in the list, with the letters that were found in it."""

    def __init__(self, command: Command, found: Iterable[int]) -> None:
        name = Content(command.name)
        for at in found:
            name = name.stylize("underline", at, at + 1)
        super().__init__(Content.assemble(name, "\n", (command.help, "dim")))
        self.command = command


class Palette(Dialog[None]):
    """Lists commands, narrows them as one types, and runs the chosen one after it has closed, on the screen below.

    The list is held rather than queried: keys may still arrive when the screen's widgets are already gone.
    """

    DEFAULT_CSS = """
    Palette { align-horizontal: center; }
    Palette > Vertical { width: 76; max-width: 100%; height: auto; max-height: 80%; margin-top: 2; }
    Palette Input { margin: 0; }
    Palette OptionList { height: auto; max-height: 16; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+p", "dismiss", "Close", show=False),
        Binding("down", "list('cursor_down')", "Next", show=False),
        Binding("up", "list('cursor_up')", "Previous", show=False),
        Binding("pagedown", "list('page_down')", "Next page", show=False),
        Binding("pageup", "list('page_up')", "Previous page", show=False),
    ]

    def __init__(self, commands: Sequence[Command]) -> None:
        super().__init__()
        self._commands = commands
        self._options = OptionList()
        self._options.can_focus = False

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Input(placeholder="Search for commands", max_length=60)
            yield self._options

    def on_mount(self) -> None:
        self._search("")

    def on_input_changed(self, event: Input.Changed) -> None:
        self._search(event.value.strip())

    def on_input_submitted(self) -> None:
        self._options.action_select()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if self.is_active and isinstance(event.option, _Entry):
            self.dismiss()
            self.app.call_later(event.option.command.action)

    def action_list(self, move: str) -> None:
        """Move the mark in the list, once the list has a size: Textual's list raises on a page of no lines."""
        if self._options.scrollable_content_region:
            getattr(self._options, f"action_{move}")()

    def _search(self, letters: str) -> None:
        """List the commands that hold these letters in this order, best first; all of them, in their own order, for no letters."""
        match = FuzzySearch().match
        scored = [(*match(letters, command.name), command) for command in self._commands] if letters else []
        entries = [_Entry(command, found) for score, found, command in sorted(scored, key=lambda row: -row[0]) if score > 0]
        options = self._options.clear_options()
        options.add_options(entries if letters else [_Entry(command, ()) for command in self._commands])
        if options.option_count:
            options.highlighted = 0
        else:
            options.add_option(Option("No command holds these letters.", disabled=True))
