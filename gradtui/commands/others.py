"""`gradtui others`: what published tools would say."""

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
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def others(preset: str, changes: tuple[str, ...], steps: int | None, as_json: bool) -> None:
    """Train a preset, and say what published tools would say of that run beside gradtui."""
    chosen = load(preset, assignments(changes, steps))
    from gradtui.diagnosis.published.table import compared, in_words
    from gradtui.headless.progress import waiting

    with waiting(f"{chosen.title}: starting PyTorch"):
        from gradtui.headless.running import run_headless
    with told_refusals():
        done = run_headless(chosen.experiment)
    table = compared(done.run)
    if as_json:
        click.echo(table.model_dump_json())
    else:
        paper.write(in_words(chosen.title, table))
    sys.exit(128 + done.signal if done.signal else 0)
