"""What a preset is, and how two of them differ, as text."""

from __future__ import annotations

from rich.console import Group
from rich.table import Table
from rich.text import Text

from gradtui.core.presets.collection import Entry, Unread
from gradtui.core.presets.preset import Preset
from gradtui.core.text import exact


def about(entry: Entry, other: Entry | None) -> Group:
    """Title, summary, source and values of a preset; its differences to the other in front of the values where there is one."""
    preset = entry.preset
    if isinstance(entry, Unread):
        return Group(Text(entry.title, "bold"), Text(), Text(f"{entry.subject}. Enter fetches it."))
    if preset is None:
        return Group(Text(entry.title, "bold"), Text(), Text(f"✗ {entry.mistake}"))
    source = [Text(f"Source: {preset.source}", "dim"), Text()] if preset.source else []
    origin = [Text(f"From {preset.origin.words}"), Text()] if preset.origin is not None and preset.origin.host else []
    compared = other.preset if other is not None and other.name != entry.name else None
    return Group(
        *(Text(preset.title, "bold"), Text(), Text(preset.summary), Text()),
        *source,
        *origin,
        *(_differences(preset, compared) if compared is not None else []),
        *(_values(preset), Text(), Text(f"gradtui {entry.name}", "dim")),
    )


def _differences(preset: Preset, other: Preset) -> list[Text | Table]:
    found = other.experiment.differences(preset.experiment)
    if not found:
        return [Text(f"The same experiment as: {other.title}"), Text()]
    rows = Table.grid(padding=(0, 2))
    rows.add_row("", Text("that one", "dim"), Text("this one", "dim"))
    for key, (theirs, mine) in found.items():
        rows.add_row(Text(key.replace(".", " ").replace("_", " "), "dim"), _value(theirs), Text(_value(mine), "bold"))
    return [Text(f"Compared with: {other.title}", "underline"), rows, Text()]


def _values(preset: Preset) -> Table:
    values = Table.grid(padding=(0, 2))
    for table, chosen in preset.experiment.tables().items():
        words = ", ".join(f"{key.replace('_', ' ')} {exact(value)}" for key, value in chosen.items())
        values.add_row(Text(table, "dim"), Text(words))
    return values


def _value(value: object) -> str:
    return "-" if value is None else exact(value)
