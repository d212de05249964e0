"""`gradtui script`: a preset as plain PyTorch."""

from __future__ import annotations

import click

from gradtui.commands.ending import told_refusals
from gradtui.commands.loading import load
from gradtui.commands.options import changed_option, preset_argument


@click.command()
@preset_argument
@changed_option
def script(preset: str, changes: tuple[str, ...]) -> None:
    """Print a preset as a script of plain PyTorch, with the same losses."""
    chosen = load(preset, changes)
    from gradtui.script.whole import script as written

    with told_refusals():
        click.echo(written(chosen), nl=False)
