"""Runs without a screen: train in this process, show a progress bar on a terminal, and return the summary."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

import click

from gradtui.core.experiments.experiment import Experiment
from gradtui.core.measured.protocol import Ended, Started, Stop
from gradtui.core.measured.summary import Summary, summarize
from gradtui.core.text import number
from gradtui.diagnosis.comparison import Trial
from gradtui.diagnosis.examiner import Examiner
from gradtui.engine.training.controls import Controls
from gradtui.engine.training.trainer import Outcome, Training, prepare


@dataclass(frozen=True)
class HeadlessRun:
    """A run that is over: its summary, what was known before its first step, what a comparison needs of it, and the number of the
    signal that stopped it (0 for none).
    """

    summary: Summary
    started: Started
    trial: Trial
    signal: int


def run_headless(experiment: Experiment) -> HeadlessRun:
    """Train an experiment to its end.

    SIGINT, SIGTERM and SIGHUP stop the run after the step under way; what was measured until then is summarized. Raises Refused.
    """
    training = prepare([experiment])
    controls, received = Controls(), list[int]()
    examiner = Examiner(experiment, training.started())
    began = time.perf_counter()
    with stopped_by_signals(controls, received):
        outcome = _train(training, controls, examiner, experiment.run.steps)
    elapsed = time.perf_counter() - began
    speed = outcome.step / elapsed if outcome.step else None
    if outcome.divergence is not None:
        click.echo(f"gradtui: diverged: {outcome.divergence}.", err=True)
    ended = Ended(run=0, **asdict(outcome))
    summary = summarize(experiment, training.started(), examiner.history, ended, speed, examiner.findings)
    return HeadlessRun(summary, training.started(), Trial(experiment, examiner.history, examiner.findings), next(iter(received), 0))


def _train(training: Training, controls: Controls, examiner: Examiner, steps: int) -> Outcome:
    frames = training.frames(controls)
    with click.progressbar(length=steps, label="step 0", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        while True:
            try:
                frame = next(frames)
            except StopIteration as end:
                outcome: Outcome = end.value
                return outcome
            examiner.observe(frame, training.stack.experiments[0])
            bar.label = f"loss {number(frame.loss.last):<8}"
            bar.update(frame.step - bar.pos)


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
