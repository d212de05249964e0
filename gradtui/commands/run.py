"""`gradtui run`: train a preset without a screen."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gradtui.commands import completion, paper
from gradtui.commands.ending import DIVERGED, fail, told_refusals
from gradtui.commands.loading import load
from gradtui.commands.options import assignments, changed_option, runs_option, steps_option, unrecorded_option
from gradtui.commands.recorded import keeping, place_of

if TYPE_CHECKING:
    from gradtui.headless.running import Ran


@click.command()
@click.argument("preset", required=False, shell_complete=completion.presets)
@changed_option
@steps_option
@click.option(
    "--resume",
    metavar="RUN",
    shell_complete=completion.recorded,
    help="Go on with a recorded run: its folder, or its name in `gradtui runs`.",
)
@runs_option
@unrecorded_option
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object.")
def run(
    preset: str | None,
    changes: tuple[str, ...],
    steps: int | None,
    resume: str | None,
    place: Path | None,
    unrecorded: bool,
    as_json: bool,
) -> None:
    """Train a preset without a screen, and record the run."""
    if (preset is None) == (resume is None):
        fail("Name either a preset or, with --resume, a run. `gradtui presets` and `gradtui runs` list them.")
    changed = assignments(changes, steps)
    if resume is not None:
        title, done = _resumed(place_of(resume, place), changed)
    else:
        assert preset is not None
        chosen = load(preset, changed)
        title = chosen.title
        from gradtui.headless.progress import waiting

        with waiting(f"{title}: starting PyTorch"):
            from gradtui.headless.running import run_headless
        with told_refusals():
            done = run_headless(chosen.experiment, None if unrecorded else keeping(preset, chosen, changed, place))
    from gradtui.core.measured.summary import summarize
    from gradtui.headless.report import told

    summary = summarize(done.run)
    if as_json:
        click.echo(summary.model_copy(update={"run": str(done.folder) if done.folder else None}).model_dump_json())
    else:
        paper.write(told(title, done.run, summary, paper.width(), paper.height()))
    sys.exit(128 + done.signal if done.signal else DIVERGED if summary.status == "diverged" else 0)


def _resumed(path: Path, changed: tuple[str, ...]) -> tuple[str, Ran]:
    """Go on with a run. Ends the program where that cannot be."""
    from gradtui.core.experiments.experiment import InvalidExperiment
    from gradtui.core.presets.preset import assignment
    from gradtui.core.text import printable
    from gradtui.headless.progress import waiting
    from gradtui.runs import about
    from gradtui.runs.about import Unreadable
    from gradtui.runs.log import Unwritable

    try:
        title = about.read(path).title
        with waiting(f"{title}: starting PyTorch"):
            from gradtui.headless.running import resume_headless
        with told_refusals():
            return title, resume_headless(path, dict(map(assignment, changed)))
    except (Unreadable, Unwritable, InvalidExperiment) as error:
        fail(printable(str(error)))
