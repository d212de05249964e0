"""Everything that the palette finds: commands, values, choices, presets, lessons and themes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from textual.theme import Theme

from gradtui.catalog.entry import Entry, Parameter
from gradtui.core.presets.collection import Entry as Listed
from gradtui.core.presets.preset import Preset
from gradtui.core.settings import AUTO
from gradtui.core.text import exact
from gradtui.lessons.page import pages
from gradtui.tui.key import Key
from gradtui.tui.keys import GLOBAL, LAB
from gradtui.tui.screens.lab import LabScreen
from gradtui.tui.screens.palette import Command
from gradtui.tui.widgets.explained import Field
from gradtui.tui.widgets.form import fields
from gradtui.tui.widgets.forms import FORMS


def everything(
    lab: LabScreen,
    listed: Sequence[Listed],
    lesson: Callable[[str], None],
    suits: str,
    use: Callable[[str], None],
) -> list[Command]:
    """All of it: `listed` are the presets, `lesson` opens one, `suits` names the theme that suits the terminal, `use` takes one."""
    return [
        *verbs((*LAB, *GLOBAL), lab),
        *values(lab),
        *presets(listed, lab.steering.open),
        *lessons(lesson),
        *themes(lab.app.available_themes, lab.app.theme, suits, use),
    ]


def verbs(keys: Sequence[Key], lab: LabScreen) -> Iterator[Command]:
    """What the keys do."""
    for key in keys:
        if key.verb:
            yield Command(key.command, f"{key.tooltip} ({key.shown})", partial(lab.run_action, key.action))


def values(lab: LabScreen) -> Iterator[Command]:
    """Every value of the experiment, and what can be chosen for it."""
    experiment = lab.session.experiment
    for title, tables in FORMS.values():
        found = [field for table in tables for field in fields(experiment, table)]
        for field in found:
            yield Command(
                f"{title}: Change {field.parameter.title}",
                f"{exact(field.value)} now. {field.parameter.help}",
                partial(lab.point, field.key, edit=True),
            )
        for field in found:
            yield from _choices(title, field, lab)


def _choices(title: str, field: Field, lab: LabScreen) -> Iterator[Command]:
    parameter, catalog = field.parameter, field.parameter.catalog
    for name in parameter.names:
        if name == field.value:
            continue
        entry: Entry | None = catalog[name] if catalog is not None else None
        words = " ".join(_words(entry)) if entry else ""
        summary = entry.summary if entry else parameter.help
        yield Command(f"{title}: Set {parameter.title} to {name}", summary, partial(lab.want, field.key, name), words)


def _words(entry: Entry) -> Iterator[str]:
    yield entry.good_for
    yield from map(_named, entry.parameters)


def _named(parameter: Parameter) -> str:
    return f"{parameter.title} {parameter.help}"


def presets(listed: Sequence[Listed], open_: Callable[[Preset], None]) -> Iterator[Command]:
    """Every preset that can be read."""
    for entry in listed:
        if (preset := entry.preset) is not None:
            words = f"{entry.subject} {preset.summary} {preset.source}"
            yield Command(f"Presets: Open {entry.name}", entry.title, partial(open_, preset), words)


def lessons(open_: Callable[[str], None]) -> Iterator[Command]:
    """Every lesson."""
    for name, page in pages().items():
        words = " ".join([name, *(block.text for block in page.blocks)])
        yield Command(f"Lessons: {page.title}", page.watch, partial(open_, name), words)


def themes(known: Mapping[str, Theme], now: str, suits: str, use: Callable[[str], None]) -> Iterator[Command]:
    """Every theme, which shows while it is marked; `suits` names the one that goes with the terminal."""
    words = "A light theme where the terminal's background is light, a dark one elsewhere."
    yield Command("Theme: Follow the terminal", words, partial(use, AUTO), theme=suits)
    for name, theme in known.items():
        shown = f"Theme: Use {name}{', as now' if name == now else ''}"
        yield Command(shown, "A dark theme." if theme.dark else "A light theme.", partial(use, name), theme=name)
