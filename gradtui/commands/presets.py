"""`gradtui presets`: what there is to open."""

from __future__ import annotations

import json

import click

from gradtui.commands import completion, paper
from gradtui.commands.loading import list_folder


@click.command()
@click.argument("place", metavar="[FOLDER]", required=False, shell_complete=completion.folders)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def presets(place: str | None, as_json: bool) -> None:
    """List the presets: those that come with gradtui and your own, or those in FOLDER, such as labs/ or host:labs/."""
    from itertools import groupby

    from gradtui.core.presets.collection import folder, listed, shelf
    from gradtui.core.text import printable

    here = folder(place) if place is not None else None
    if place is not None and here is None:
        list_folder(place, as_json)
        return
    found = shelf(here).entries if here is not None else listed()
    if as_json:
        rows = [
            {"name": entry.name, "subject": entry.subject, "title": entry.title, "mistake": entry.mistake or None}
            | {name: getattr(entry.preset, name, None) for name in ("summary", "source")}
            | {"path": entry.preset.origin.place if entry.preset and entry.preset.origin else None}
            for entry in found
        ]
        click.echo(json.dumps(rows))
        return
    if not found:
        paper.write(f"{printable(str(here))} holds no presets (*.toml).")
    width = max((len(entry.name) for entry in found), default=0)
    for subject, entries in groupby(found, lambda entry: entry.subject):
        paper.write(subject)
        for entry in entries:
            paper.write(
                f"  {printable(entry.name):{width}}  {entry.title if entry.preset else 'cannot be read: see `gradtui run`'}"
            )
