"""`gradtui verify`: which claims of presets hold."""

from __future__ import annotations

import sys

import click

from gradtui.commands import completion, paper
from gradtui.commands.ending import UNKEPT, told_refusals
from gradtui.commands.loading import load


@click.command()
@click.argument("presets", nargs=-1, metavar="[PRESET]...", shell_complete=completion.presets)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--markdown", is_flag=True, help="Print a table as docs/claims.md holds it.")
def verify(presets: tuple[str, ...], as_json: bool, markdown: bool) -> None:
    """Run presets, all that come with gradtui by default, and say which of their claims hold."""
    from gradtui.core.presets.collection import shipped
    from gradtui.core.text import printable

    chosen = {printable(name): load(name, ()) for name in presets or shipped()}
    from gradtui.core.presets.verified import in_words, table
    from gradtui.headless.progress import waiting

    with waiting("Starting PyTorch"):
        from gradtui.headless.verifying import verify as verified
    with told_refusals():
        done = verified(chosen)
    if as_json or markdown:
        click.echo(done.model_dump_json() if as_json else table(done))
    else:
        paper.write(in_words(done, paper.width()))
    sys.exit(128 + done.signal if done.signal else 0 if done.holds else UNKEPT)
