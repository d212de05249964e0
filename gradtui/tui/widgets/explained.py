"""What a value means, what it may be and what it is by default: beside the fields of a form, or under the forms."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.console import Console
from rich.text import Text

from gradtui.catalog.entry import Parameter
from gradtui.core.text import exact
from gradtui.tui.widgets.cells import Cells
from gradtui.tui.widgets.told import Note, Telling

_KIND = re.compile(r"a whole number ?|a number ?|two numbers, ")
_LABEL, _VALUE = ".form--label", ".form--value"
_LEAST = 28
"""Columns that a meaning can be read in."""


@dataclass(frozen=True)
class Field:
    """One line of a form: a dotted key, its parameter and its value."""

    key: str
    parameter: Parameter
    value: object


def meaning(field: Field) -> str:
    """What a value is, what the chosen entry is, and when a change applies."""
    parameter = field.parameter
    entry = parameter.catalog.get(str(field.value)) if parameter.catalog is not None else None
    chosen = f" {entry.name}: {entry.summary}" if entry is not None else ""
    return f"{parameter.help}{chosen}{' Applies at once.' if parameter.live else ' Applies from step 0.'}"


def allowed(parameter: Parameter) -> str:
    """What may stand here, in a few words."""
    if parameter.type is bool:
        return "on or off"
    if parameter.type is str:
        return f"one of {len(parameter.names)}"
    return _KIND.sub("", parameter.allowed) or "any"


def beside(fields: Sequence[Field], cursor: int, width: int, height: int, console: Console) -> list[list[Text]]:
    """The lines that stand right of the heading, and of each field: default, allowed and meaning in columns. Where there is no room
    for every meaning only that under the cursor is told, below the last field.
    """
    columns = [("default", *(exact(f.parameter.default) for f in fields)), ("allowed", *(allowed(f.parameter) for f in fields))]
    widths = [2 + max(map(len, column)) for column in columns]
    known = [
        Text.assemble(*((f"{cell:<{wide}}", _LABEL) for cell, wide in zip(cells, widths, strict=True)))
        for cells in zip(*columns, strict=True)
    ]
    room = width - sum(widths)
    told = [Telling(console, room).whole([Note(_VALUE, (meaning(field),))]) for field in fields] if room >= _LEAST else []
    if told and 1 + sum(map(len, told)) <= height:
        blank = " " * sum(widths)
        rows = [[Text(blank).append_text(line) for line in lines] for lines in ([Text("meaning", _LABEL)], *told)]
        return [[left.append_text(first[len(blank) :]), *rest] for left, (first, *rest) in zip(known, rows, strict=True)]
    below = Telling(console, width).whole([Note(_VALUE, (meaning(fields[cursor]),))])
    return [*([line] for line in known[:-1]), [known[-1], Text(), *below]]


class ValueHelp(Cells):
    """What the value under the cursor means, for the rows that forms leave free."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"form--label", "form--value"}

    _field: Field | None = None

    def fill(self, field: Field) -> None:
        """Tell of another field."""
        if field != self._field:
            self._field = field
            self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        if self._field is None:
            return
        width, height = self.size
        parameter = self._field.parameter
        range_of = () if parameter.type is str else (f"Allowed: {parameter.allowed}.",)
        notes = [Note.of(_VALUE, meaning(self._field)), Note(_LABEL, (f"Default: {exact(parameter.default)}.", *range_of))]
        self.head(parameter.title, "")
        self.show(Telling(self.app.console, width).fitted(notes, height).rows)
