"""The presets: a list by subject to search, what each one is and how two differ, before one is opened."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from gradtui.core.presets.collection import Entry, Shelf, Unread
from gradtui.core.presets.preset import Preset
from gradtui.remote.machines import Machines
from gradtui.tui.keys import GLOBAL, PRESETS, bindings
from gradtui.tui.screens.confirm import ConfirmScreen
from gradtui.tui.screens.errand import ErrandScreen
from gradtui.tui.widgets.about import about
from gradtui.tui.widgets.lines import KeyLine, TopLine
from gradtui.worker.session import Session


class PresetsScreen(Screen[Preset | None]):
    """Choose a preset. Returns it, or None when a person goes back."""

    CSS_PATH = "presets.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(replace(key, priority=key.action == "filter") if isinstance(key, Binding) else key for key in bindings(PRESETS)),
        Binding("j,down", "cursor(1)", show=False),
        Binding("k,up", "cursor(-1)", show=False),
    ]

    def __init__(self, session: Session, machines: Machines, shelf: Shelf) -> None:
        super().__init__()
        self._session, self._machines, self._place = session, machines, shelf.place
        self._entries = {entry.name: entry for entry in shelf.entries}
        self._other: Entry | None = None

    def compose(self) -> ComposeResult:
        yield TopLine(id="top")
        with Horizontal(id="body"):
            with Vertical(id="choices", classes="panel") as choices:
                choices.border_title = "Presets"
                yield Input(placeholder="/ to filter", id="filter", compact=True)
                yield OptionList(id="list", compact=True)
            with VerticalScroll(id="about", classes="panel", can_focus=False) as about:
                about.border_title = "About"
                yield Static(id="words", markup=False)
        yield KeyLine(id="keys")

    def on_mount(self) -> None:
        self._list("")
        self.set_focus(self.query_one(OptionList))

    def on_resize(self) -> None:
        self.call_after_refresh(self._frame)

    def _frame(self) -> None:
        self.query_one(TopLine).fill(self._session, f"Presets in {self._place}" if self._place else "Presets")
        self.query_one(KeyLine).fill(PRESETS, GLOBAL, self._session)

    def _list(self, words: str) -> None:
        options = self.query_one(OptionList)
        options.clear_options()
        asked = words.lower().split()
        found = [entry for entry in self._entries.values() if all(word in _searched(entry) for word in asked)]
        for subject, entries in groupby(found, lambda entry: entry.subject):
            options.add_option(Option(Text(subject, style="dim"), disabled=True))
            options.add_options(Option(self._line(entry), id=entry.name) for entry in entries)
        if found:
            options.highlighted = 1
        else:
            none = "No preset holds these words." if self._entries else "There is no preset (*.toml) here."
            options.add_option(Option(Text(none, style="dim"), disabled=True))
            self.query_one("#words", Static).update("")

    def _line(self, entry: Entry) -> Text:
        glyph = "✗" if entry.mistake else "=" if entry is self._other else " "
        return Text(f"{glyph} {entry.title}", no_wrap=True, overflow="ellipsis")

    @property
    def _marked(self) -> Entry | None:
        option = self.query_one(OptionList).highlighted_option
        return self._entries[option.id] if option is not None and option.id is not None else None

    def on_input_changed(self, event: Input.Changed) -> None:
        self._list(event.value)

    def on_input_submitted(self) -> None:
        self.action_choose()

    def on_option_list_option_highlighted(self) -> None:
        if (entry := self._marked) is not None:
            self.query_one("#words", Static).update(about(entry, self._other))
            self.query_one("#about").scroll_home(animate=False)

    def on_option_list_option_selected(self) -> None:
        entry = self._marked
        if isinstance(entry, Unread):
            job = partial(self._machines.open, entry.name)
            self.app.push_screen(ErrandScreen(f"Open {entry.title}", job, self._machines), partial(self._fetched, entry))
        elif entry is not None and entry.preset is not None:
            self._confirm(entry.preset)

    def _fetched(self, unread: Unread, found: Preset | Shelf | None) -> None:
        """Show what came in the place of what was not fetched yet."""
        if isinstance(found, Preset):
            entry = self._entries[unread.name] = Entry(unread.name, unread.subject, found)
            self._other = entry if self._other is unread else self._other
            self.query_one(OptionList).replace_option_prompt(entry.name, self._line(entry))
            self.on_option_list_option_highlighted()
            self._confirm(found)
        elif found is not None:
            self.app.push_screen(PresetsScreen(self._session, self._machines, found), self._chosen)

    def _confirm(self, preset: Preset) -> None:
        if preset.origin is not None and preset.origin.host:
            self.app.push_screen(ConfirmScreen(preset), self._chosen)
        else:
            self._chosen(preset)

    def _chosen(self, preset: Preset | None) -> None:
        if preset is not None:
            self.dismiss(preset)

    def action_compare(self) -> None:
        """Compare the others with what is marked, or with nothing any more."""
        entry, before = self._marked, self._other
        self._other = None if entry is before else entry
        options = self.query_one(OptionList)
        for option in options.options:
            if option.id is not None and self._entries[option.id] in (before, entry):
                options.replace_option_prompt(option.id, self._line(self._entries[option.id]))
        self.on_option_list_option_highlighted()

    def action_choose(self) -> None:
        """Open what is marked."""
        self.query_one(OptionList).action_select()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is typed into the filter is its own. Elsewhere `/` goes before all that is typed after it, however fast."""
        return not (action == "filter" and isinstance(self.focused, Input))

    def action_filter(self) -> None:
        """Go to the filter."""
        self.set_focus(self.query_one(Input))

    def action_back(self) -> None:
        """Leave the filter, or the screen."""
        if self.query_one(Input).has_focus:
            self.set_focus(self.query_one(OptionList))
        else:
            self.dismiss(None)

    def action_cursor(self, by: int) -> None:
        """Move the mark by one line."""
        options = self.query_one(OptionList)
        options.action_cursor_down() if by > 0 else options.action_cursor_up()


def _searched(entry: Entry) -> str:
    """The words that a filter looks at."""
    return f"{entry.name} {entry.subject} {entry.title} {entry.preset.summary if entry.preset else ''}".lower()
