"""What came from another machine is looked at before it is taken into the Lab."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from gradtui.core.presets.collection import Entry
from gradtui.core.presets.preset import Preset
from gradtui.tui.keys import CONFIRM, bindings, hint
from gradtui.tui.screens.dialog import Dialog
from gradtui.tui.widgets.about import about


class ConfirmScreen(Dialog[Preset]):
    """Shows a preset: what it is, its values, where it came from. Returns it, or None when a person goes back."""

    CSS_PATH = "confirm.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(CONFIRM)

    def __init__(self, preset: Preset) -> None:
        super().__init__()
        self._preset = preset

    def compose(self) -> ComposeResult:
        preset = self._preset
        with VerticalScroll(id="page") as page:
            page.border_title = "Open this preset?"
            page.border_subtitle = hint(CONFIRM)
            yield Static(about(Entry(preset.origin.place if preset.origin else "", "", preset), None), markup=False)

    def on_mount(self) -> None:
        self.set_focus(self.query_one("#page"))

    def action_take(self) -> None:
        """Take it into the Lab."""
        self.dismiss(self._preset)

    def action_back(self) -> None:
        """Leave it."""
        self.dismiss(None)
