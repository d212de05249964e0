"""Runs without a screen: train in this process, show how far it is, and return the run."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import click

from gradtui.backend.recording import Recorded, record
from gradtui.backend.resuming import resume
from gradtui.core.experiments.experiment import Experiment
from gradtui.core.measured.protocol import Diagnosed, Ended, Keep, Recording, Report, Sampled, Stop
from gradtui.core.measured.run import Run
from gradtui.diagnosis.examiner import Examiner
from gradtui.engine.training.controls import Controls
from gradtui.engine.training.outcomes import Outcome
from gradtui.engine.training.retrace import Retrace
from gradtui.engine.training.trainer import Training, prepare
from gradtui.headless.progress import Progress
from gradtui.headless.signals import noted
from gradtui.runs import listing


@dataclass(frozen=True)
class Ran:
    """A run that is over, the number of the signal that stopped it (0 for none), and the folder in which it is recorded."""

    run: Run
    signal: int
    folder: Path | None = None


def run_headless(experiment: Experiment, keep: Keep | None = None) -> Ran:
    """Train an experiment to its end, and record it where that is asked for.

    SIGINT, SIGTERM and SIGHUP stop the run after the step under way; what was measured until then is kept. Raises Refused.
    """
    training = prepare([experiment])
    recorded = record(keep, training, _warn) if keep else None
    controls = Controls(recorded.put) if recorded else Controls()
    return _run(_Running(training, controls, Examiner(Run(experiment, training.started())), recorded))


def resume_headless(path: Path, changes: Mapping[str, Any]) -> Ran:
    """Go on with a recorded run, with live parameters changed, and record it where it is.

    Raises Unreadable, Unwritable, InvalidExperiment and Refused.
    """
    going = resume(path, changes, Retrace(), lambda problem: _warn(Recording(run=0, folder=str(path), problem=problem)))
    click.echo(f"gradtui: {going.title} goes on after step {going.controls.last}: {going.words}.", err=True)
    going.controls.heard_by(going.recorded.put)
    return _run(_Running(going.training, going.controls, going.examiner, going.recorded))


@dataclass
class _Running:
    """What a run without a screen is made of."""

    training: Training
    controls: Controls
    examiner: Examiner
    recorded: Recorded | None

    def put(self, report: Report) -> None:
        """Record a report, where the run is recorded."""
        if self.recorded:
            self.recorded.put(report)


def _run(running: _Running) -> Ran:
    training, recorded, received = running.training, running.recorded, list[int]()
    before, began = training.made, time.perf_counter()
    with noted(received, lambda: running.controls.send(Stop())):
        outcome = _train(running)
        while outcome.status == "done" and running.controls.go_beyond(training.made, training.change):
            outcome = _train(running)
    elapsed = time.perf_counter() - began
    if outcome.divergence is not None:
        click.echo(f"gradtui: diverged: {outcome.divergence}.", err=True)
    ended, speed = Ended(run=0, **asdict(outcome)), (outcome.step - before) / elapsed if outcome.step > before else None
    running.put(ended)
    if recorded:
        if outcome.status != "diverged":
            recorded.checkpoint()
        if recorded.unlike is not None:
            _warn_unlike(recorded.unlike)
        if not recorded.close():
            click.echo(f"gradtui: not all of the run is saved in {recorded.path}.", err=True)
        listing.line(recorded.path)
    run = replace(running.examiner.run, ended=ended, step=ended.step, speed=speed)
    return Ran(run, next(iter(received), 0), recorded.path if recorded else None)


def _train(running: _Running) -> Outcome:
    outcome: Outcome
    training, recorded = running.training, running.recorded
    frames = training.frames(running.controls)
    with Progress(training.experiment(0).run.steps) as progress:
        while True:
            try:
                frame = next(frames)
            except StopIteration as end:
                (outcome,) = end.value
                return outcome
            running.put(Sampled(run=0, frame=frame))
            findings = running.examiner.observe(frame, training.experiment(0))
            if findings is not None:
                running.put(Diagnosed(run=0, findings=findings))
            if recorded:
                recorded.keep_up()
            progress.show(frame.step, frame.loss.last)


def _warn(report: Report) -> None:
    """Say why nothing is saved."""
    if isinstance(report, Recording) and report.problem:
        click.echo(f"gradtui: {report.problem}", err=True)


def _warn_unlike(step: int) -> None:
    click.echo(
        f"gradtui: step {step} came out otherwise than it is recorded, so the run is close to what it was, not exact.", err=True
    )
