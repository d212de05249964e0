"""What came from another machine is looked at before it is taken into the Lab."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from gradtui.core.presets.collection import Entry
from gradtui.core.presets.preset import Preset
from gradtui.tui.key import bindings, hint
from gradtui.tui.keys import CONFIRM
from gradtui.tui.screens.dialog import Dialog
from gradtui.tui.widgets.about import about
from gradtui.tui.widgets.page import Page


class ConfirmScreen(Dialog[Preset]):
    """Shows a preset: what it is, its values, where it came from. Returns it, or None when a person goes back."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(CONFIRM)

    def __init__(self, preset: Preset) -> None:
        super().__init__()
        self._preset = preset
        self._page = Page(about(Entry(preset.origin.place if preset.origin else "", "", preset), None), id="page", classes="box")
        self._page.border_title = "Open this preset?"
        self._page.border_subtitle = hint(CONFIRM)

    def compose(self) -> ComposeResult:
        yield self._page

    def action_take(self) -> None:
        """Take it into the Lab."""
        self.dismiss(self._preset)

    def action_back(self) -> None:
        """Leave it."""
        self.dismiss(None)
