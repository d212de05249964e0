"""Runs without a screen: train in this process, show how far it is, and return the run."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace

import click

from gradtui.core.experiments.experiment import Experiment
from gradtui.core.measured.protocol import Ended, Stop
from gradtui.core.measured.run import Run
from gradtui.diagnosis.examiner import Examiner
from gradtui.engine.training.controls import Controls
from gradtui.engine.training.trainer import Outcome, Training, prepare
from gradtui.headless.progress import Progress


@dataclass(frozen=True)
class Ran:
    """A run that is over, and the number of the signal that stopped it (0 for none)."""

    run: Run
    signal: int


def run_headless(experiment: Experiment) -> Ran:
    """Train an experiment to its end.

    SIGINT, SIGTERM and SIGHUP stop the run after the step under way; what was measured until then is kept. Raises Refused.
    """
    training = prepare([experiment])
    controls, received = Controls(), list[int]()
    examiner = Examiner(Run(experiment, training.started()))
    began = time.perf_counter()
    with stopped_by_signals(controls, received):
        outcome = _train(training, controls, examiner, experiment.run.steps)
    elapsed = time.perf_counter() - began
    if outcome.divergence is not None:
        click.echo(f"gradtui: diverged: {outcome.divergence}.", err=True)
    ended, speed = Ended(run=0, **asdict(outcome)), outcome.step / elapsed if outcome.step else None
    return Ran(replace(examiner.run, ended=ended, step=ended.step, speed=speed), next(iter(received), 0))


def _train(training: Training, controls: Controls, examiner: Examiner, steps: int) -> Outcome:
    outcome: Outcome
    frames = training.frames(controls)
    with Progress(steps) as progress:
        while True:
            try:
                frame = next(frames)
            except StopIteration as end:
                (outcome,) = end.value
                return outcome
            examiner.observe(frame, training.stack.experiments[0])
            progress.show(frame.step, frame.loss.last)


@contextmanager
def stopped_by_signals(controls: Controls, received: list[int]) -> Iterator[None]:
    """Let SIGINT, SIGTERM and SIGHUP stop what the controls control, and note which came."""

    def stop(signal_number: int, frame: object) -> None:
        received.append(signal_number)
        controls.send(Stop())

    before = {which: signal.signal(which, stop) for which in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for which, handler in before.items():
            signal.signal(which, handler)
