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
    from gradtui.core.settings import AUTO, place, read
    from gradtui.core.text import printable
    from gradtui.tui.keymap import checked
    from gradtui.tui.keys import BY_ID

    path = place()
    if reset:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            fail(f"{printable(str(path))} cannot be taken away: {error.strerror}.", USAGE)
    settings = read(path)
    keys, mistakes = checked(settings.keys)
    paper.write(printable(str(path)))
    theme = "follows the terminal" if settings.theme == AUTO else settings.theme
    paper.write(f"theme  {theme}: the colours of the lab; chosen there with ^p, Theme")
    kept = "runs are recorded; `gradtui runs` lists them" if settings.record else "no run is recorded"
    paper.write(f"record {str(settings.record).lower()}: {kept}")
    paper.write("keys   by what they do; others may be chosen in that file, such as:")
    for line in ("[keys]", 'run.step = "f5, x"'):
        paper.write(f"           {line}")
    for id_, key in BY_ID.items():
        mark = "*" if id_ in keys else " "
        paper.write(f"     {mark} {id_:<24} {keys.get(id_, key.keys).replace(',', ', '):<28} {key.tooltip}")
    for mistake in (*settings.mistakes, *mistakes):
        paper.write(f"gradtui: {mistake}", err=True)
    sys.exit(USAGE if settings.mistakes or mistakes else 0)
