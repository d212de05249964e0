"""`gradtui fix`: try fixes from the same seed, and compare."""

from __future__ import annotations

import sys

import click

from gradtui.commands import paper
from gradtui.commands.ending import told_refusals
from gradtui.commands.loading import load
from gradtui.commands.options import assignments, changed_option, preset_argument, steps_option


@click.command()
@preset_argument
@changed_option
@steps_option
@click.option("--all", "chained", is_flag=True, help="Go on from fixes that helped, until nothing is wrong.")
@click.option("--limit", type=click.IntRange(1, 50), default=8, show_default=True, help="Fixes to try at most with --all.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def fix(preset: str, changes: tuple[str, ...], steps: int | None, chained: bool, limit: int, as_json: bool) -> None:
    """Train a preset, try the best fix for what is wrong from the same seed, and compare."""
    chosen = load(preset, assignments(changes, steps))
    from gradtui.headless.progress import waiting

    with waiting(f"{chosen.title}: starting PyTorch"):
        from gradtui.headless.fixing import attempts_in_words, mend
    with told_refusals():
        mended = mend(chosen.experiment, limit if chained else 1)
    if as_json:
        click.echo(mended.model_dump_json())
    else:
        paper.write(attempts_in_words(chosen.title, mended))
    sys.exit(128 + mended.signal if mended.signal else 0)
