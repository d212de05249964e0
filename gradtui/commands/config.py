"""`gradtui config`: the settings that are kept."""

from __future__ import annotations

import sys

import click

from gradtui.commands import paper
from gradtui.commands.ending import USAGE, fail


@click.command()
@click.option("--reset", is_flag=True, help="Take the file of settings away.")
def config(reset: bool) -> None:
    """Say which settings are kept and where, or reset them."""
    from gradtui.core.settings import place, read
    from gradtui.core.text import printable

    path = place()
    if reset:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            fail(f"{printable(str(path))} cannot be taken away: {error.strerror}.", USAGE)
    settings = read(path)
    paper.write(printable(str(path)))
    paper.write(f"theme  {settings.theme or 'the default'}: the colours of the lab; chosen there with ^p, Theme")
    for mistake in settings.mistakes:
        paper.write(f"gradtui: {mistake}", err=True)
    sys.exit(USAGE if settings.mistakes else 0)
