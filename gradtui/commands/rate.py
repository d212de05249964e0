"""`gradtui rate`: a learning rate, found by experiment."""

from __future__ import annotations

import sys

import click

from gradtui.commands import paper
from gradtui.commands.ending import told_refusals
from gradtui.commands.loading import load
from gradtui.commands.options import changed_option, preset_argument


@click.command()
@preset_argument
@changed_option
@click.option("--steps", type=click.IntRange(10, 1_000_000), help="Steps at every rate.  [default: the preset's, 200 at most]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def rate(preset: str, changes: tuple[str, ...], steps: int | None, as_json: bool) -> None:
    """Find a learning rate: fixed rates side by side, and the range test beside them. The preset's own run is not touched."""
    chosen = load(preset, changes)
    from gradtui.headless.rates import search
    from gradtui.study.finder import finder, in_words

    with told_refusals():
        answer = search(finder(chosen.experiment, steps))
    if answer.found is None:
        sys.exit(128 + answer.signal)
    if as_json:
        click.echo(answer.found.model_dump_json())
    else:
        paper.write(f"{chosen.title}\n{in_words(answer.found)}")
