"""Open a preset from anywhere: an address on another machine, a path, or a folder of presets."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Label, Static

from gradtui.core.presets.collection import Shelf
from gradtui.core.presets.preset import Preset
from gradtui.core.text import printable
from gradtui.remote.address import BadAddress, elsewhere, parse
from gradtui.remote.machines import Machines
from gradtui.tui.screens.dialog import Dialog
from gradtui.tui.screens.errand import ErrandScreen
from gradtui.tui.widgets.entry import Entry


class AddressScreen(Dialog[Preset | Shelf]):
    """Asks for a word and opens what it stands for. Returns that, or None when a person goes back."""

    CSS_PATH = "save.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", show=False)]

    def __init__(self, machines: Machines) -> None:
        super().__init__()
        self._machines = machines
        self._mistaken = False
        self._said = Static(id="said", markup=False)

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = "Open an address or a path"
            box.border_subtitle = "enter Open  esc Back"
            yield Label("A file ending in .toml, or a folder of them")
            yield Entry(placeholder="host:labs/deep.toml, ssh://ada@host:2222/labs/, ./labs/")
            yield self._said

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say where it is, or what is wrong with it."""
        word, said = event.value.strip(), ""
        self._mistaken = False
        try:
            if elsewhere(word):
                address = parse(word)
                said = f"{printable(address.path)} on {address.host}, over SSH."
        except BadAddress as error:
            said = f"✗ {printable(str(error))}"
            self._mistaken = True
        self._said.update(said)
        self._said.set_class(self._mistaken, "mistake")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        word = event.value.strip()
        if word and not self._mistaken:
            self.app.push_screen(ErrandScreen(f"Open {word}", partial(self._machines.open, word), self._machines), self._came)

    def _came(self, found: Preset | Shelf | None) -> None:
        if found is not None:
            self.dismiss(found)

    def action_back(self) -> None:
        """Open nothing."""
        self.dismiss(None)
