"""The presets: a list by subject to search, what each one is and how two differ, before one is opened."""

from __future__ import annotations

from functools import partial
from itertools import groupby
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType

from gradtui.core.presets.collection import Entry, Shelf, Unread
from gradtui.core.presets.preset import Preset
from gradtui.remote.machines import Machines
from gradtui.tui.key import bindings
from gradtui.tui.keys import BROWSE, GLOBAL, PRESETS
from gradtui.tui.screens.confirm import ConfirmScreen
from gradtui.tui.screens.dialog import Answering
from gradtui.tui.screens.errand import ErrandScreen
from gradtui.tui.widgets.about import about
from gradtui.tui.widgets.browse import Browse
from gradtui.tui.widgets.choices import Choice
from gradtui.tui.widgets.lines import FOLLOWED, KeyLine, TopLine
from gradtui.worker.session import Session


class PresetsScreen(Answering[Preset | None]):
    """Choose a preset. Returns it, or None when a person goes back."""

    CSS_PATH = "presets.tcss"
    AUTO_FOCUS = "#list"
    BINDINGS: ClassVar[list[BindingType]] = bindings(PRESETS)

    def __init__(self, session: Session, machines: Machines, shelf: Shelf) -> None:
        super().__init__()
        self._session, self._machines, self._place = session, machines, shelf.place
        self._entries = {entry.name: entry for entry in shelf.entries}
        self._other: Entry | None = None
        self._top, self._keys = TopLine(), KeyLine()
        self._browse = Browse("Presets", PRESETS)
        self._browse.page.border_title = "About"
        none = "No preset holds these words." if self._entries else "There is no preset (*.toml) here."
        self._browse.choices.offer(
            {subject: [*map(self._choice, entries)] for subject, entries in groupby(shelf.entries, lambda entry: entry.subject)},
            next((entry.name for entry in shelf.entries if _same(entry.preset, session.preset)), None),
            none,
        )

    def compose(self) -> ComposeResult:
        yield from (self._top, self._browse, self._keys)

    def on_resize(self) -> None:
        self.call_after_refresh(self._frame)

    def on_mount(self) -> None:
        self.set_interval(FOLLOWED, self._follow)

    def _follow(self) -> None:
        """Show how far the run has come."""
        self._top.fill(self._session, f"Presets in {self._place}" if self._place else "Presets")

    def _frame(self) -> None:
        self._follow()
        self._keys.fill((*PRESETS, *BROWSE), GLOBAL, self._session)

    def _choice(self, entry: Entry) -> Choice:
        glyph = "✗" if entry.mistake else "=" if entry is self._other else " "
        summary = entry.preset.summary if entry.preset else ""
        line = Text(f"{glyph} {entry.title}", no_wrap=True, overflow="ellipsis")
        title = f"{entry.title} {entry.name}"
        return Choice(entry.name, line, f"{title} {entry.subject} {summary}", title=title)

    @property
    def _marked(self) -> Entry | None:
        name = self._browse.choices.marked
        return self._entries[name] if name is not None else None

    def on_option_list_option_highlighted(self) -> None:
        if (entry := self._marked) is not None:
            self._browse.page.show(about(entry, self._other))

    def on_choices_emptied(self) -> None:
        self._browse.page.show("")

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
            self._browse.choices.replace(self._choice(entry))
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
        for changed in (before, entry):
            if changed is not None:
                self._browse.choices.replace(self._choice(changed))
        self.on_option_list_option_highlighted()

    def action_choose(self) -> None:
        """Open what is marked."""
        self._browse.choices.action_select()

    def action_back(self) -> None:
        """Leave the filter, or the screen."""
        if not self._browse.leave_filter():
            self.dismiss(None)


def _same(preset: Preset | None, shown: Preset) -> bool:
    """Whether a preset is the one that is shown: read in the same place, or saying the same."""
    if preset is None:
        return False
    if preset.origin is not None and shown.origin is not None:
        return preset.origin.place == shown.origin.place
    return preset == shown
