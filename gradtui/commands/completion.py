"""What a shell may complete: presets, lessons, kinds, and the keys and values of `--set`.

A person waits for these with a finger on Tab: nothing here validates, trains or draws, and no file is read that is no preset.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from gradtui.catalog.entry import Parameter

LARGEST = 1 << 16
"""Bytes: a larger preset is not read while somebody waits."""

Items = list[CompletionItem[str]]


def presets(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Names of presets with their titles; files where the word is the beginning of a path."""
    from gradtui.core.presets.collection import known

    found = [CompletionItem(name, help=_title(path)) for name, path in known().items() if name.startswith(incomplete)]
    return found or [CompletionItem(incomplete, type="file")]


def folders(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Folders, which the shell knows."""
    return [CompletionItem(incomplete, type="dir")]


def lessons(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Names of lessons with their titles."""
    import gradtui.lessons

    pages = sorted(Path(gradtui.lessons.__path__[0], "pages").glob(f"{incomplete}*.md"))
    return [CompletionItem(page.stem, help=page.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ")) for page in pages]


def kinds(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Kinds of what can be chosen."""
    from gradtui.catalog.tables import CATALOGS

    return [CompletionItem(name, help=catalog.summary) for name, catalog in CATALOGS.items() if name.startswith(incomplete)]


def recorded(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Recorded runs with their titles, and folders."""
    from gradtui.runs import folder, listing

    place = ctx.params.get("place") or folder.root()
    known = (listing.line(path) for path in listing.paths(place) if path.name.startswith(incomplete))
    return [*(CompletionItem(run.id, help=run.title) for run in known), CompletionItem(incomplete, type="dir")]


def conditions(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """What a condition on runs may be about; after `state=`, the states."""
    from typing import get_args

    from gradtui.runs.conditions import FIELDS
    from gradtui.runs.listing import State

    key, equals, _ = incomplete.partition("=")
    words = [f"state={state}" for state in get_args(State)] if equals and key == "state" else [f"{field}=" for field in FIELDS]
    return [CompletionItem(word, type="plain" if equals else "part") for word in words if word.startswith(incomplete)]


def assignments(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Keys that apply to the preset as changed so far; after `=`, what may stand there, or the number that stands there now."""
    from gradtui.catalog.tables import TABLES

    values = _values(ctx)
    applying = {f"{name}.{each.name}": each for name, table in TABLES.items() for each in table.chosen(values.get(name, {}))}
    key, equals, _ = incomplete.partition("=")
    if not equals:
        return [CompletionItem(f"{name}=", type="part", help=each.help) for name, each in applying.items() if name.startswith(key)]
    if key not in applying:
        return []
    table, _, name = key.partition(".")
    words = _words(applying[key], values.get(table, {}).get(name, applying[key].default))
    return [CompletionItem(whole, help=meaning) for word, meaning in words if (whole := f"{key}={word}").startswith(incomplete)]


def _words(parameter: Parameter, now: object) -> Iterator[tuple[str, str]]:
    """What may stand for a parameter, each with its help."""
    if parameter.type is str:
        for name in parameter.names:
            yield name, parameter.catalog[name].summary if parameter.catalog is not None else ""
    elif parameter.type is bool:
        yield from (("true", ""), ("false", ""))
    else:
        yield json.dumps(now, separators=(",", ":")), parameter.allowed


def _values(ctx: click.Context) -> dict[str, dict[str, Any]]:
    """The values by table that the preset's file and the assignments on the line so far give."""
    from gradtui.core.presets.collection import known

    presets, words = known(), [*ctx.args, ctx.params.get("preset") or ""]
    read = next((found for word in words if (found := _read(presets.get(word, Path(word))))), {})
    tables = {name: dict(table) for name, table in read.items() if isinstance(table, dict)}
    for table, name, value in map(_parts, ctx.params.get("changes") or ()):
        tables.setdefault(table, {})[name] = value
    return tables


def _parts(assignment: str) -> Iterable[str]:
    """The table, the name and the value of an assignment."""
    key, _, value = assignment.partition("=")
    table, _, name = key.partition(".")
    return table, name, value


def _title(path: Path) -> str:
    """The preset's title."""
    return str(_read(path).get("title", ""))


def _read(path: Path) -> dict[str, Any]:
    """The tables in a file; none where it is no TOML of a preset's size."""
    import tomllib

    try:
        return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() and path.stat().st_size <= LARGEST else {}
    except (OSError, ValueError, RecursionError):
        return {}
