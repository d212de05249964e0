"""Editors over the screen: type a value, or choose one from a list. A wrong value is told beside the field and goes nowhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.geometry import Region
from textual.screen import Screen
from textual.signal import Signal
from textual.widgets import Input, OptionList, Static

from gradtui.catalog.entry import Parameter
from gradtui.core.experiments.experiment import InvalidExperiment
from gradtui.core.presets.preset import assignment
from gradtui.core.text import exact
from gradtui.tui.screens.dialog import Dialog
from gradtui.tui.screens.place import height_beside, place, width_beside
from gradtui.tui.widgets.choices import Choice, Choices
from gradtui.tui.widgets.entry import Entry
from gradtui.tui.widgets.explained import Field

Objection = Callable[[str, Any], str]
"""What speaks against a value for a dotted key, in words; empty where it fits."""
Line = Callable[[], Region]
"""Where the field stands on the screen; nothing while it is not shown."""
Moved = Signal[Screen[Any]]
"""The field may stand elsewhere."""


_LINES = 3
"""Lines of a list that are seen, however little room there is."""


class Editor(Dialog[Any]):
    """Gives a field another value. Returns it, or None when a person goes back."""

    CSS_PATH = "editor.tcss"

    def __init__(self, field: Field, objection: Objection, line: Line, moved: Moved) -> None:
        super().__init__()
        self._field, self._objection = field, objection
        self._line, self._moved = line, moved
        self._box = Vertical(id="editor", classes="box")
        self._box.border_title = field.parameter.title
        self._box.border_subtitle = "enter Take  esc Back"
        self._help = Static(field.parameter.help + _when(field.parameter), id="help", markup=False)

    def on_mount(self) -> None:
        self._moved.subscribe(self, lambda _: self._fit())

    def on_resize(self) -> None:
        self._fit()

    def _fit(self) -> None:
        """Give the box what room there is beside its line, and then its place."""
        line, screen = self._line(), self.size
        self._box.styles.max_width = width_beside(line, screen) or screen.width
        self._box.styles.max_height = self._rows
        self.call_after_refresh(self._place)

    @property
    def _rows(self) -> int:
        """The rows that the box may have."""
        return height_beside(self._line(), self.size)

    def _place(self) -> None:
        self._box.styles.offset = place(self._line(), self._box.outer_size, self.size)

    def action_back(self) -> None:
        """Leave the value as it was."""
        self.dismiss(None)


class NumberEditor(Editor):
    """Type a number. Returns the value, or None when a person goes back."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", show=False)]

    def __init__(self, field: Field, objection: Objection, line: Line, moved: Moved) -> None:
        super().__init__(field, objection, line, moved)
        self._allowed = Static(f"Allowed: {field.parameter.allowed}.", id="allowed", markup=False)

    def compose(self) -> ComposeResult:
        with self._box:
            yield Entry(exact(self._field.value), select_on_focus=True)
            yield self._allowed
            yield self._help

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
        self._allowed.update(f"✗ {mistake}" if mistake else f"Allowed: {self._field.parameter.allowed}.")
        self._allowed.set_class(bool(mistake), "mistake")


class ChoiceEditor(Editor):
    """Choose an entry of a catalog. Returns its name, or None when a person goes back. An entry that does not fit cannot be
    chosen and says why.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
    ]

    def __init__(self, field: Field, objection: Objection, line: Line, moved: Moved) -> None:
        super().__init__(field, objection, line, moved)
        self._box.add_class("choice")
        self._choices = Choices()
        self._choices.offer({"": [self._choice(name) for name in field.parameter.names]}, str(field.value))
        self._good = Static(id="good", markup=False)
        self._most = 0

    def compose(self) -> ComposeResult:
        with self._box:
            yield self._choices
            if any(map(self._good_for, self._field.parameter.names)):
                yield self._good
            yield self._help

    def _place(self) -> None:
        """As long as all that is in the box does not fit, the list is what scrolls."""
        frame = self._box.outer_size.height - self._box.size.height
        rest = self._box.virtual_size.height - self._choices.outer_size.height + frame
        if (most := max(_LINES, self._rows - rest)) != self._most:
            self._choices.styles.max_height = self._most = most
            self.call_after_refresh(self._place)
        else:
            super()._place()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        self._good.update(f"Good for: {self._good_for(str(event.option.id))}")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id)

    def action_page(self, by: int) -> None:
        """Move the mark by a screenful."""
        self._choices.action_page(by)

    def _choice(self, name: str) -> Choice:
        """A name beside its description, whole, or beside what speaks against it."""
        catalog = self._field.parameter.catalog
        objection = self._objection(self._field.key, name)
        words = objection or (catalog[name].summary if catalog is not None else "")
        line = Table.grid(padding=(0, 2, 0, 0))
        line.add_column(width=max(map(len, self._field.parameter.names)))
        line.add_row(Text(name, "bold"), Text(words))
        return Choice(name, line, f"{name} {words}", fits=not objection)

    def _good_for(self, name: str) -> str:
        catalog = self._field.parameter.catalog
        return catalog[name].good_for if catalog is not None else ""


def editor(field: Field, objection: Objection, line: Line, moved: Moved) -> Editor:
    """What gives a field another value."""
    return (ChoiceEditor if field.parameter.type is str else NumberEditor)(field, objection, line, moved)


def _when(parameter: Parameter) -> str:
    return " Applies at once." if parameter.live else " Applies from step 0."
