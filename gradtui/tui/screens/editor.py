"""Editors over the screen: type a value, or choose one from a list. A wrong value is told beside the field and goes nowhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.geometry import Offset
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from gradtui.catalog.entry import Parameter
from gradtui.core.experiments.experiment import InvalidExperiment
from gradtui.core.presets.preset import assignment
from gradtui.core.text import exact
from gradtui.tui.screens.dialog import Dialog
from gradtui.tui.widgets.form import Field

_READABLE = 60
Objection = Callable[[str, Any], str]
"""What speaks against a value for a dotted key, in words; empty where it fits."""


class Editor(Dialog[Any]):
    """Gives a field another value. Returns it, or None when a person goes back."""

    CSS_PATH = "editor.tcss"

    def __init__(self, field: Field, anchor: Offset, objection: Objection) -> None:
        super().__init__()
        self._field = field
        self._anchor = anchor
        self._objection = objection

    def action_back(self) -> None:
        """Leave the value as it was."""
        self.dismiss(None)


class NumberEditor(Editor):
    """Type a number. Returns the value, or None when a person goes back."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", show=False)]

    def compose(self) -> ComposeResult:
        parameter = self._field.parameter
        with Vertical(id="editor") as box:
            box.border_title = parameter.title
            box.border_subtitle = "enter Take  esc Back"
            yield Input(exact(self._field.value), compact=True, select_on_focus=True)
            yield Static(f"Allowed: {parameter.allowed}.", id="allowed", markup=False)
            yield Static(parameter.help + _when(parameter), id="help", markup=False)

    def on_mount(self) -> None:
        self.call_after_refresh(_place, self.query_one("#editor"), self._anchor)

    def on_input_changed(self, event: Input.Changed) -> None:
        self._tell(self._mistake(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        mistake = self._mistake(event.value)
        if mistake:
            self._tell(mistake)
        else:
            self.dismiss(self._parsed(event.value))

    def _parsed(self, text: str) -> Any:
        listed = f"[{text.strip().strip('[]()')}]" if self._field.parameter.type == "pair" else text
        return assignment(f"{self._field.key}={listed}")[1]

    def _mistake(self, text: str) -> str:
        if not text.strip():
            return "Nothing typed."
        try:
            return self._objection(self._field.key, self._parsed(text))
        except InvalidExperiment as error:
            return " ".join(map(str, error.mistakes))

    def _tell(self, mistake: str) -> None:
        allowed = self.query_one("#allowed", Static)
        allowed.update(f"✗ {mistake}" if mistake else f"Allowed: {self._field.parameter.allowed}.")
        allowed.set_class(bool(mistake), "mistake")


class ChoiceEditor(Editor):
    """Choose an entry of a catalog. Returns its name, or None when a person goes back. An entry that does not fit cannot be
    chosen and says why.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", show=False),
        Binding("j", "cursor(1)", show=False),
        Binding("k", "cursor(-1)", show=False),
    ]

    def compose(self) -> ComposeResult:
        parameter = self._field.parameter
        width = max(map(len, parameter.names))
        with Vertical(id="editor", classes="choice") as box:
            box.border_title = parameter.title
            box.border_subtitle = "enter Take  esc Back"
            yield OptionList(*(self._option(name, width) for name in parameter.names), compact=True)
            if any(self._good_for(name) for name in parameter.names):
                yield Static(id="good", markup=False)
            yield Static(parameter.help + _when(parameter), id="help", markup=False)

    def on_mount(self) -> None:
        options = self.query_one(OptionList)
        options.highlighted = self._field.parameter.names.index(str(self._field.value))
        self.set_focus(options)
        self.call_after_refresh(_place, self.query_one("#editor"), self._anchor)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        for good in self.query("#good").results(Static):
            good.update(f"Good for: {self._good_for(str(event.option.id))}")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id)

    def action_cursor(self, by: int) -> None:
        """Move the mark by one line."""
        options = self.query_one(OptionList)
        options.action_cursor_down() if by > 0 else options.action_cursor_up()

    def _option(self, name: str, width: int) -> Option:
        catalog = self._field.parameter.catalog
        summary = catalog[name].summary if catalog is not None else ""
        objection = self._objection(self._field.key, name)
        words = Text.assemble((f"{name:<{width}}", "bold"), f"  {objection or summary}", no_wrap=True, overflow="ellipsis")
        return Option(words, id=name, disabled=bool(objection))

    def _good_for(self, name: str) -> str:
        catalog = self._field.parameter.catalog
        return catalog[name].good_for if catalog is not None else ""


def editor(field: Field, anchor: Offset, objection: Objection) -> Editor:
    """What gives this field another value; `anchor` is the place on the screen beside it."""
    return (ChoiceEditor if field.parameter.type is str else NumberEditor)(field, anchor, objection)


def _place(box: Widget, anchor: Offset) -> None:
    """Put the box beside its field, no wider than the room there if that is enough to read, and inside the screen."""
    beside = box.screen.size.width - anchor.x
    if _READABLE <= beside < box.outer_size.width:
        box.styles.width = beside
        box.call_after_refresh(_place, box, anchor)
        return
    room = box.screen.size - box.outer_size
    box.styles.offset = (max(0, min(anchor.x, room.width)), max(0, min(anchor.y, room.height)))


def _when(parameter: Parameter) -> str:
    return " Applies at once." if parameter.live else " Applies from step 0."
