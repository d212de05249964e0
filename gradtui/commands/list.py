"""`gradtui list`: what can be chosen."""

from __future__ import annotations

import click

from gradtui.commands import completion, paper
from gradtui.commands.ending import fail


@click.command("list")
@click.argument("kind", required=False, shell_complete=completion.kinds)
def list_catalog(kind: str | None) -> None:
    """List what can be chosen: all kinds, or the entries of one kind with their parameters."""
    from gradtui.catalog.tables import CATALOGS
    from gradtui.core.text import exact, nearest

    if kind is None:
        for name, catalog in CATALOGS.items():
            paper.write(f"{name:16} {catalog.summary}\n{'':16} {', '.join(catalog)}")
        return
    if kind not in CATALOGS:
        meant = nearest(kind, CATALOGS)
        fail(f"There is no kind {kind!r}.{f' Did you mean {meant}?' if meant else ''} Allowed: {', '.join(CATALOGS)}.")
    for entry in CATALOGS[kind].values():
        paper.write(f"{entry.name:16} {entry.summary}")
        if entry.good_for:
            paper.write(f"{'':16} Good for: {entry.good_for}")
        for parameter in entry.parameters:
            paper.write(f"{'':16}   {parameter.name} = {exact(parameter.default)}  {parameter.help} Allowed: {parameter.allowed}.")
