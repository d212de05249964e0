"""`gradtui race`: which optimizer, which learning rate; answered by experiment."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from gradtui.commands import completion, paper
from gradtui.commands.ending import CANNOT_WRITE, fail
from gradtui.commands.loading import load
from gradtui.commands.options import assignments, changed_option, preset_argument, steps_option

if TYPE_CHECKING:
    from gradtui.runs.studies import Kept
    from gradtui.tui.app import GradtuiApp
    from gradtui.tui.terminal.launch import Surroundings
    from gradtui.worker.scheduler import Scheduler


@click.command()
@preset_argument
@changed_option
@steps_option
@click.option(
    "--vary",
    "varies",
    multiple=True,
    metavar="KEY=VALUES",
    help="What varies: optimizer.name=sgd,adam or optimizer.learning_rate=1e-3..1:9. The first key's values are the entrants.",
    shell_complete=completion.assignments,
)
@click.option("--as-they-come", is_flag=True, help="Every entrant at its default rate, instead of its best one.")
@click.option("--seeds", type=click.IntRange(1, 1000), help="Seeds that entrants are measured on.  [default: 8]")
@click.option("--folds", type=click.IntRange(0, 1000), default=0, help="Cross-validation with so many folds.")
@click.option("--by", default="validation_loss", show_default=True, help="validation_loss, loss or validation_accuracy.")
@click.option("--target", type=click.FloatRange(0), help="Validation loss to be reached.  [default: the median entrant's]")
@click.option("--halve", is_flag=True, help="Stop the worse two thirds of the points at a tenth and at three tenths of the steps.")
@click.option("--processes", type=click.IntRange(1, 256), help="Processes that train at a time.  [default: one a core]")
@click.option("--scheduler", metavar="ADDRESS", help="Train on a dask cluster, such as tcp://host:8786.")
@click.option("--out", type=click.Path(path_type=Path), help="A new folder for the study.  [default: one of its own]")
@click.option("--resume", is_flag=True, help="Go on with the same study where it was left, and redo what failed.")
@click.option(
    "--export", type=click.Path(path_type=Path), help="A folder for the cells as CSV, the plan as JSON and pictures as SVG."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def race(
    preset: str,
    changes: tuple[str, ...],
    steps: int | None,
    varies: tuple[str, ...],
    as_they_come: bool,
    seeds: int | None,
    folds: int,
    by: str,
    target: float | None,
    halve: bool,
    processes: int | None,
    scheduler: str | None,
    out: Path | None,
    resume: bool,
    export: Path | None,
    as_json: bool,
) -> None:
    """Race entrants, sgd, momentum, rmsprop and adam by default, each at its best learning rate, and say what is told apart.

    PRESET may be the folder of a study, which goes on where it was left.
    """
    from gradtui.core.experiments.experiment import InvalidExperiment
    from gradtui.runs import studies
    from gradtui.runs.log import Unwritable
    from gradtui.study.study import InvalidStudy, study
    from gradtui.study.vary import varied

    try:
        if studies.is_study(Path(preset)):
            kept = studies.reopen(Path(preset))
        else:
            chosen = load(preset, assignments(changes, steps))
            made = study(
                chosen.experiment,
                varied(varies, chosen.experiment),
                as_they_come=as_they_come,
                seeds=seeds,
                folds=folds,
                by=by,
                target=target,
                halve=halve,
            )
            known = studies.newest(made, chosen.title) if resume else None
            kept = studies.reopen(known) if known else studies.create(made, chosen.title, out)
    except (InvalidStudy, InvalidExperiment, studies.Unreadable, Unwritable) as error:
        fail(str(error))
    from gradtui.tui.terminal.launch import refusal
    from gradtui.worker.pool import Pool, cores

    trained = _cluster(scheduler) if scheduler else None
    if as_json or trained or export or refusal(os.environ):
        _race(kept, trained or Pool(processes or cores()), export, as_json)
    else:
        _show(kept, processes or cores())


def _cluster(address: str) -> Scheduler:
    """The cluster at an address. Ends the program where there is none."""
    from gradtui.headless.progress import waiting
    from gradtui.worker.cluster import Cluster, NoCluster

    with waiting(f"{address}: connecting"):
        from gradtui.backend.clustered import about, job

        try:
            return Cluster(address, job, about)
        except NoCluster as error:
            problem = str(error)
    fail(problem)


def _race(kept: Kept, scheduler: Scheduler, export: Path | None, as_json: bool) -> NoReturn:
    """Race without a screen."""
    from gradtui.core.memory import available_memory
    from gradtui.headless.racing import drive
    from gradtui.runs.exporting import exported
    from gradtui.runs.log import Unwritable
    from gradtui.study.inquiry import race as asked
    from gradtui.study.report import in_words, told
    from gradtui.study.study import InvalidStudy
    from gradtui.worker.studying import Studying

    studying = Studying(asked(kept.study), scheduler, available_memory(), kept.results, kept.keep)
    paper.write(f"gradtui: the study is kept in {kept.path}", err=True)
    try:
        stopped = drive(studying)
    except InvalidStudy as error:
        fail(str(error))
    finally:
        scheduler.close()
        kept.close()
    if kept.problem:
        paper.write(f"gradtui: {kept.problem}", err=True)
    if studying.problem:
        fail(studying.problem)
    shown = told(kept.study, studying.results, studying.seconds)
    if as_json:
        click.echo(shown.model_dump_json())
    else:
        paper.write(f"{kept.title}\n{in_words(kept.study, shown)}")
    if export:
        try:
            exported(kept.study, studying.results, shown, export)
        except Unwritable as error:
            fail(str(error), CANNOT_WRITE)
    sys.exit(128 + stopped if stopped else 0)


def _show(kept: Kept, processes: int) -> NoReturn:
    """Race on the screen."""
    from gradtui.core.presets.preset import Preset
    from gradtui.tui.terminal.launch import launch

    def make(surroundings: Surroundings) -> GradtuiApp:
        from gradtui.tui.app import GradtuiApp

        return GradtuiApp(Preset(title=kept.title, experiment=kept.study.experiment), surroundings, races=(kept, processes))

    sys.exit(launch(make))
