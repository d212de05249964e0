"""`gradtui show`: a preset with all its values."""

from __future__ import annotations

import click

from gradtui.commands.loading import load
from gradtui.commands.options import changed_option, preset_argument


@click.command()
@preset_argument
@changed_option
def show(preset: str, changes: tuple[str, ...]) -> None:
    """Print a preset with all its values."""
    click.echo(load(preset, changes).toml(), nl=False)
