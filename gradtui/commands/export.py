"""`gradtui export`: recorded runs for other programs and people."""

from __future__ import annotations

from pathlib import Path

import click

from gradtui.commands import completion
from gradtui.commands.ending import fail
from gradtui.commands.options import runs_option
from gradtui.commands.recorded import place_of

KINDS = ("csv", "json", "tensorboard", "svg", "markdown", "parquet")


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="RUN...", shell_complete=completion.recorded)
@click.option("--as", "kind", type=click.Choice(KINDS), required=True, help="What is written.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The file; a folder for tensorboard, svg and markdown.")
@click.option("--force", is_flag=True, help="Write over files that are there.")
@runs_option
def export(names: tuple[str, ...], kind: str, out: Path, force: bool, place: Path | None) -> None:
    """Write recorded runs for other programs: tables, everything, TensorBoard's events, pictures, or a report."""
    from gradtui.core.text import printable
    from gradtui.runs import folder
    from gradtui.runs.about import Unreadable
    from gradtui.runs.export import kinds
    from gradtui.runs.log import Unwritable

    try:
        found = [folder.read(place_of(name, place)) for name in dict.fromkeys(names)]
        written = kinds.export(found, kind, out, force)
    except (Unreadable, Unwritable) as error:
        fail(printable(str(error)))
    for one in found:
        if one.problem:
            click.echo(f"gradtui: {printable(one.problem)}", err=True)
    for path in written:
        click.echo(printable(str(path)))
