"""`gradtui why`: the setting that keeps a run from learning, found by experiment."""

from __future__ import annotations

import sys

import click

from gradtui.commands import paper
from gradtui.commands.ending import fail, told_refusals
from gradtui.commands.loading import load
from gradtui.commands.options import assignments, changed_option, preset_argument, steps_option


@click.command()
@preset_argument
@changed_option
@steps_option
@click.option("--budget", type=click.FloatRange(1, 1000), default=6.0, show_default=True, help="Whole runs that it may cost.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def why(preset: str, changes: tuple[str, ...], steps: int | None, budget: float, as_json: bool) -> None:
    """Find the one setting that keeps a preset from learning: each suspect is tried alone, from the same seed."""
    chosen = load(preset, assignments(changes, steps))
    from gradtui.headless.why import diagnose
    from gradtui.study.causes import told
    from gradtui.study.study import InvalidStudy

    try:
        with told_refusals():
            answer = diagnose(chosen.title, chosen.experiment, budget)
    except InvalidStudy as error:
        fail(str(error))
    if answer.found is None:
        sys.exit(128 + answer.signal)
    if as_json:
        click.echo(answer.found.model_dump_json())
    else:
        paper.write(told(chosen.title, answer.found))
