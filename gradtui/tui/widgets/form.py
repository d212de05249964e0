"""Forms made from the catalog: one panel of names and values, with a cursor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual.binding import BindingType
from textual.events import Click
from textual.geometry import Region, Size
from textual.message import Message
from textual.widget import Widget

from gradtui.core.experiments.experiment import Experiment
from gradtui.core.experiments.schedule import preview
from gradtui.core.text import exact
from gradtui.tui.key import bindings
from gradtui.tui.keys import FORM
from gradtui.tui.plot.glyphs import LEVELS
from gradtui.tui.widgets.cells import Cells
from gradtui.tui.widgets.explained import Field, beside

_CURVE = 12
"""Cells for the learning rate over the run, where there is room for so many."""
_COLUMN, _HEAD = 34, -1
"""Cells for names and values where what they mean stands beside them, and the number of the heading's line."""


def fields(experiment: Experiment, table: str) -> list[Field]:
    """The lines for one table: what a person can choose. What has a single choice, or no effect now, is left out."""
    values = experiment.section(table).values()
    return [
        Field(f"{table}.{parameter.name}", parameter, values[parameter.name])
        for parameter in experiment.parameters(table)
        if not (parameter.type is str and len(parameter.names) == 1) and not parameter.idle(values)
    ]


def curve(experiment: Experiment, room: int) -> str:
    """The learning rate over the run as a line of blocks; empty where it stays, or cannot be known."""
    shares = preview(experiment.schedule, experiment.run.steps, min(room, _CURVE)) if room > 1 else []
    return "".join(LEVELS[min(int(share * len(LEVELS)), len(LEVELS) - 1)] for share in shares)


class Form(Cells, can_focus=True):
    """The values of some tables of the experiment. Asks for changes by message; shows only what it is given."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"form--label", "form--value", "form--cursor"}
    BINDINGS: ClassVar[list[BindingType]] = bindings(FORM)

    @dataclass
    class Edit(Message):
        """A person wants to give this field another value; `line` tells where it stands on the screen."""

        field: Field
        line: Callable[[], Region]

    @dataclass
    class Nudge(Message):
        """A person wants the next smaller (-1) or larger (+1) value, or one `far` away."""

        field: Field
        direction: int
        far: bool

    @dataclass
    class Pointed(Message):
        """The cursor is on this value now."""

        field: Field

    @dataclass
    class Leave(Message):
        """The cursor moves past the first (-1) or last (+1) line."""

        form: Form
        direction: int

    def __init__(self, title: str, tables: tuple[str, ...], id: str) -> None:  # noqa: A002
        super().__init__(id=id, classes="panel")
        self.border_title = title
        self._tables = tables
        self._fields: list[Field] = []
        self._before: dict[str, object] = {}
        self._cursor = 0
        self._clicked: int | None = None
        self._height = 0
        self._lines: list[int] = []

    def fill(self, experiment: Experiment, running: Experiment | None = None) -> None:
        """Show an experiment; values that differ from those of the run are marked."""
        self._experiment = experiment
        here = self._fields[self._cursor].key if self._fields else None
        self._fields = [field for table in self._tables for field in fields(experiment, table)]
        self._before = {key: theirs for key, (_, theirs) in experiment.differences(running).items()} if running else {}
        keys = [field.key for field in self._fields]
        self._cursor = keys.index(here) if here in keys else min(self._cursor, len(keys) - 1)
        if len(keys) != self._height:
            self._height = len(keys)
            self.refresh(layout=True)
        self.draw()

    @property
    def rows(self) -> int:
        """Rows that the form fills, borders included."""
        return self._height + 2

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """A row a value. Asked by Textual."""
        return self._height

    def draw(self) -> None:
        """Paint the lines as they are; where the form has the room of all, with what each value means."""
        width, height = self.size
        if self.is_attached and self.is_maximized:
            told = beside(self._fields, self._cursor, width - _COLUMN - 2, height, self.app.console)
            lines = [(_HEAD, Text(f" {'value':>{_COLUMN - 3}}", ".form--label")), *self._column(_COLUMN)]
            rows = [
                (at, Text.assemble(left if first else " " * _COLUMN, "  ", right))
                for (at, left), rights in zip(lines, told, strict=True)
                for first, right in zip([True] + [False] * len(rights), rights, strict=False)
            ]
        else:
            rows = self._column(max(8, width or 28))
        self._lines = [at for at, _ in rows]
        self.show([row for _, row in rows])
        if self.has_focus and self._fields:
            self.post_message(self.Pointed(self._fields[self._cursor]))

    def _column(self, width: int) -> list[tuple[int, Text]]:
        """The number of each field and its line."""
        return [(at, self._line(at, field, width)) for at, field in enumerate(self._fields)]

    def enter(self, direction: int) -> None:
        """Put the cursor on the first line when coming from above (+1), on the last when from below (-1)."""
        self._cursor = 0 if direction > 0 else len(self._fields) - 1
        self.focus()
        self.draw()

    def _line(self, at: int, field: Field, width: int) -> Text:
        choice = field.parameter.type is str
        value = exact(field.value) + (" ▾" if choice else "  ")
        name = field.parameter.title
        room = width - len(name) - 3
        value = value if len(value) <= room else value[: max(0, room - 1)] + "…"
        here = at == self._cursor and self.has_focus
        mark = "›" if here else "•" if field.key in self._before else " "
        line = Text(f"{mark}{name}", ".form--label")
        drawn = curve(self._experiment, room - len(value)) if field.key == "schedule.name" else ""
        gap = width - 2 - len(name) - len(value) - len(drawn)
        line.append(" " * (gap - 1) + drawn + " " if drawn else " " * gap)
        line.append(f"{value} ", ".form--value")
        if here:
            line.stylize(".form--cursor")
        return line

    def watch_has_focus(self, has_focus: bool) -> None:
        """Show the cursor where the focus is, in sight, and nowhere else."""
        super().watch_has_focus(has_focus)
        self.draw()
        if has_focus:
            self.call_after_refresh(self.scroll_cursor)

    def on_resize(self) -> None:
        self.draw()

    def action_move(self, by: int) -> None:
        """Move the cursor; past an end it leaves for the next panel."""
        wanted = self._cursor + by
        if abs(by) == 1 and not 0 <= wanted < len(self._fields):
            self.post_message(self.Leave(self, by))
            return
        self._cursor = min(max(wanted, 0), len(self._fields) - 1)
        self.draw()
        self.scroll_cursor()

    def point(self, key: str) -> None:
        """Put the cursor on the value of a dotted key, which stands here."""
        self._cursor = [field.key for field in self._fields].index(key)
        self.draw()
        self.call_after_refresh(self.scroll_cursor)

    def scroll_cursor(self) -> None:
        """Keep the line under the cursor, once it is drawn, in sight where the column is too short for all panels."""
        if isinstance(self.parent, Widget) and self._cursor in self._lines:
            row = self.virtual_region.y + 1 + self._lines.index(self._cursor)
            self.parent.scroll_to_region(Region(0, row, 1, 1), animate=False)

    def action_edit(self) -> None:
        """Ask for another value of the line under the cursor."""
        self.post_message(self.Edit(self._fields[self._cursor], self._cursor_region))

    def _cursor_region(self) -> Region:
        """Where the line under the cursor stands on the screen; nothing while it is not shown."""
        x, y, width, height = self.region
        return Region(x, y + 1 + self._lines.index(self._cursor), width, 1) if height else Region()

    def action_nudge(self, direction: int, far: bool = False) -> None:
        """Ask for a neighbouring value, or one far away."""
        self.post_message(self.Nudge(self._fields[self._cursor], direction, far))

    @property
    def pointed(self) -> Field:
        """The value that the cursor is on."""
        return self._fields[self._cursor]

    def field(self, key: str) -> Field | None:
        """The field of a dotted key; None where it stands in another form."""
        return next((field for field in self._fields if field.key == key), None)

    def on_click(self, event: Click) -> None:
        row = event.get_content_offset_capture(self).y
        if 0 <= row < len(self._lines) and (at := self._lines[row]) != _HEAD:
            again, self._clicked, self._cursor = at == self._cursor == self._clicked, at, at
            self.draw()
            if again:
                self.action_edit()
