"""Save the experiment as a preset: where, and in which words. What speaks against it is told beside the fields."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Label, Static

from gradtui.core.presets.collection import own_folder, shipped
from gradtui.core.presets.preset import Preset
from gradtui.core.presets.saving import Unsaved, place
from gradtui.core.text import printable
from gradtui.remote.address import BadAddress, elsewhere, parse
from gradtui.remote.machines import Machines
from gradtui.tui.screens.dialog import Dialog
from gradtui.tui.screens.errand import ErrandScreen
from gradtui.tui.widgets.entry import Entry


class SaveScreen(Dialog[Preset]):
    """Asks for a place, a title and a summary. Returns the preset as it was saved, or None when a person goes back."""

    CSS_PATH = "save.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", show=False),
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
    ]

    def __init__(self, shown: Preset, preset: Preset, machines: Machines) -> None:
        """`shown` is what the preset to save began as."""
        super().__init__()
        self._preset, self._machines = preset, machines
        left = {"source": shown.source != preset.source, "claims": shown.expect != preset.expect}
        lost = [word for word, gone in left.items() if gone]
        self._lost = f" The {' and '.join(lost)} of {shown.title} stay there." if lost else ""
        self._where = Entry(_word(preset), id="place", select_on_focus=True)
        self._title = Entry(preset.title, id="title", select_on_focus=False)
        self._summary = Entry(preset.summary, id="summary", select_on_focus=False)
        self._said = Static(id="said", markup=False)

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = "Save as a preset"
            box.border_subtitle = "enter Save  ↓ Next field  esc Back"
            yield Label("Name, a path ending in .toml, or an address on another machine")
            yield self._where
            yield Label("Title")
            yield self._title
            yield Label("Summary: what it is, what to watch, what to try next")
            yield self._summary
            yield self._said

    def on_input_changed(self) -> None:
        """Say where it goes."""
        self._goes()

    def on_input_submitted(self) -> None:
        if self._goes():
            preset = Preset.model_validate(
                dict(self._preset) | {"title": self._title.value.strip(), "summary": self._summary.value.strip()}
            )
            job = partial(self._machines.save, preset, self._place)
            self.app.push_screen(ErrandScreen(f"Save {self._place}", job, self._machines), self._saved)

    def _goes(self) -> bool:
        """Say where it goes, or that it goes nowhere."""
        try:
            if elsewhere(self._place):
                address = parse(self._place)
                self._say(f"Goes to {printable(address.path)} on {address.host}, over SSH.{self._lost}")
            else:
                self._say(f"Goes to {printable(str(place(self._place)))}.{self._lost}")
        except (Unsaved, BadAddress) as error:
            self._say(printable(str(error)), mistake=True)
            return False
        return True

    def _saved(self, preset: Preset | None) -> None:
        if preset is not None:
            self.dismiss(preset)

    def action_back(self) -> None:
        """Leave without saving."""
        self.dismiss(None)

    @property
    def _place(self) -> str:
        return self._where.value.strip()

    def _say(self, words: str, mistake: bool = False) -> None:
        self._said.update(f"✗ {words}" if mistake else words)
        self._said.set_class(mistake, "mistake")


def _word(preset: Preset) -> str:
    """What to call it at first: as the file it was read from; what comes with gradtui gets another name."""
    if preset.origin is None:
        return re.sub(r"[^a-z0-9]+", "-", preset.title.lower()).strip("-")[:64]
    if preset.origin.host:
        return preset.origin.place
    path = Path(preset.origin.place)
    if path in shipped().values():
        return f"my-{path.stem}"
    return path.stem if path.parent == own_folder() else str(path)
