"""A recorded run as a line of a list, and as a page."""

from __future__ import annotations

from datetime import UTC, datetime

from rich.console import Group
from rich.table import Table
from rich.text import Text

from gradtui.core.text import exact, grouped, left, number
from gradtui.runs.listing import Listed

_GLYPHS = {"running": "▶", "done": "✓", "stopped": "■", "interrupted": "…", "diverged": "✗", "damaged": "!", "unreadable": "?"}
LEGEND = "  ".join(f"{glyph} {state}" for state, glyph in _GLYPHS.items())
_AGE, _LOSS = 6, 8
_DAY = 86400


def line(run: Listed, now: datetime, compared: bool = False) -> Text:
    """State, age, loss, title, and what was changed; a sign where it is marked to be compared."""
    words = (
        f"{_GLYPHS[run.state]}{'=' if compared else ' '}{age(run, now):>{_AGE}} {number(run.loss):>{_LOSS}}  {run.title or run.id}"
    )
    changed = "".join(f", {key.partition('.')[2].replace('_', ' ')} {exact(value)}" for key, value in run.changes.items())
    return Text(words + changed + "".join(f" #{tag}" for tag in run.tags), no_wrap=True, overflow="ellipsis")


def age(run: Listed, now: datetime) -> str:
    """How long ago a run began; nothing where that is not known."""
    if run.started is None:
        return ""
    seconds = max(0.0, (now - run.started.astimezone(UTC)).total_seconds())
    return left(seconds, 1) if seconds < 2 * _DAY else f"{seconds // _DAY:.0f} d"


def page(run: Listed, now: datetime) -> Group:
    """What is known of a run: how it went, what was changed, what was found, and its values."""
    parts: list[Text | Table] = [Text(run.title or run.id, "bold"), Text(), Text(_went(run, now))]
    if run.problem:
        parts.append(Text(f"✗ {run.problem}"))
    if run.note:
        parts += [Text(), Text(run.note)]
    rows = Table.grid(padding=(0, 2))
    if run.started is not None:
        rows.add_row(Text("loss", "dim"), Text(number(run.loss), "bold"))
        rows.add_row(Text("validation", "dim"), Text(number(run.validation_loss)))
        rows.add_row(Text("findings", "dim"), Text(", ".join(rule.replace("_", " ") for rule in run.findings) or "none in force"))
    if run.tags:
        rows.add_row(Text("tags", "dim"), Text(", ".join(run.tags)))
    parts += [Text(), rows, Text()]
    if run.changes:
        parts += [Text("Changed of its preset", "underline"), _rows(run.changes), Text()]
    for table, values in run.experiment.items():
        parts.append(
            Text.assemble((f"{table}  ", "dim"), ", ".join(f"{key.replace('_', ' ')} {exact(v)}" for key, v in values.items()))
        )
    return Group(*parts, Text(), *([Text(run.preset, "dim")] if run.preset else []), Text(run.path, "dim"))


def _went(run: Listed, now: datetime) -> str:
    if run.started is None:
        return run.state.capitalize() + "."
    words = f"{run.state.capitalize()} at step {grouped(run.steps)} of {grouped(run.of)}"
    return f"{words}, {left(run.seconds or 0)}{f' on {run.device}' if run.device else ''}, begun {age(run, now)} ago."


def _rows(values: dict[str, object]) -> Table:
    rows = Table.grid(padding=(0, 2))
    for key, value in values.items():
        rows.add_row(Text(key.replace(".", " ").replace("_", " "), "dim"), Text(exact(value), "bold"))
    return rows
