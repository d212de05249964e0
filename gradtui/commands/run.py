"""`gradtui run`: train a preset without a screen."""

from __future__ import annotations

import sys

import click

from gradtui.commands import paper
from gradtui.commands.ending import DIVERGED, told_refusals
from gradtui.commands.loading import load
from gradtui.commands.options import assignments, changed_option, preset_argument, steps_option


@click.command()
@preset_argument
@changed_option
@steps_option
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object.")
def run(preset: str, changes: tuple[str, ...], steps: int | None, as_json: bool) -> None:
    """Train a preset without a screen."""
    chosen = load(preset, assignments(changes, steps))
    from gradtui.headless.progress import waiting

    with waiting(f"{chosen.title}: starting PyTorch"):
        from gradtui.headless.running import run_headless
    with told_refusals():
        done = run_headless(chosen.experiment)
    from gradtui.core.measured.summary import summarize
    from gradtui.headless.report import told

    summary = summarize(done.run)
    if as_json:
        click.echo(summary.model_dump_json())
    else:
        paper.write(told(chosen.title, done.run, summary, paper.width(), paper.height()))
    sys.exit(128 + done.signal if done.signal else DIVERGED if summary.status == "diverged" else 0)
