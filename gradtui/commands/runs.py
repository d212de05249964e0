"""`gradtui runs`: what was recorded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gradtui.commands import completion, paper
from gradtui.commands.ending import fail
from gradtui.commands.options import runs_option

if TYPE_CHECKING:
    from gradtui.runs.listing import Listed


@click.command()
@click.argument("words", nargs=-1, shell_complete=completion.conditions)
@runs_option
@click.option("--json", "as_json", is_flag=True, help="Print a list of JSON objects.")
def runs(words: tuple[str, ...], place: Path | None, as_json: bool) -> None:
    """List recorded runs, the newest first: all, or those that hold some WORDS and conditions, such as 'loss<0.1' state=done."""
    from gradtui.runs import folder
    from gradtui.runs.conditions import InvalidCondition, asked
    from gradtui.runs.listing import listed

    try:
        found = [*filter(asked(" ".join(words)), listed(place or folder.root()))]
    except InvalidCondition as error:
        fail(str(error))
    if as_json:
        click.echo(json.dumps([one.model_dump(mode="json") for one in found], ensure_ascii=False))
    elif not found and words:
        paper.write("No run holds this.")
    else:
        paper.write("\n".join(map(_words, found)) or "No runs are recorded. `gradtui run PRESET` records one.")


def _words(one: Listed) -> str:
    from gradtui.core.text import grouped, number

    if one.state == "unreadable":
        return f"{one.id}\n  unreadable: {one.problem}"
    changed = "".join(f", {key}={value}" for key, value in one.changes.items())
    found = f", {', '.join(one.findings)}" if one.findings else ""
    steps = f"{grouped(one.steps)} of {grouped(one.of)} steps, loss {number(one.loss)}, validation {number(one.validation_loss)}"
    return f"{one.id}\n  {one.state}: {one.title}{changed}; {steps}{found}" + (f"\n  {one.problem}" if one.problem else "")
