"""The backend's main loop: commands in on one pipe, reports out on another, a run or a stack of a study's cells at a time."""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gradtui.backend.outbox import Outbox
from gradtui.backend.recording import Recorded, record
from gradtui.backend.working import work
from gradtui.core.experiments.experiment import InvalidExperiment, experiment
from gradtui.core.measured.hello import hello, stranger
from gradtui.core.measured.protocol import (
    Continue,
    Continued,
    Diagnosed,
    Ended,
    Failed,
    Ready,
    Recording,
    Report,
    Sampled,
    Start,
    Stop,
)
from gradtui.core.measured.run import Run
from gradtui.core.measured.wire import BrokenLine, Lines, command
from gradtui.core.measured.work import Work
from gradtui.diagnosis.examiner import Examiner
from gradtui.engine.training.controls import Controls
from gradtui.engine.training.retrace import Retrace
from gradtui.runs import listing
from gradtui.runs.about import Unreadable
from gradtui.runs.log import Unwritable

_CHUNK = 1 << 16
_LAST = 0.4
"""Seconds that a run which nobody asks for any more may take to be recorded."""

if TYPE_CHECKING:
    from gradtui.engine.training.outcomes import Outcomes
    from gradtui.engine.training.trainer import Training

Order = tuple[Start | Continue | Work, Controls]


def main() -> None:
    """Serve until the input ends. The protocol keeps the real standard output; stray prints go to standard error."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in the terminal is the app's business
    outbox = Outbox(os.dup(1))
    outbox.put(hello())
    os.dup2(2, 1)
    orders: queue.SimpleQueue[Order] = queue.SimpleQueue()
    idle = threading.Event()
    idle.set()
    threading.Thread(target=_read, args=(0, orders, outbox, idle), name="reader", daemon=True).start()
    _serve(orders, outbox, idle)


def _read(pipe: int, orders: queue.SimpleQueue[Order], outbox: Outbox, idle: threading.Event) -> None:
    """Hand out commands as they come; the process ends with its input, whatever it is doing, once its run is recorded."""
    controls, commands, known = Controls(), Lines(), False
    try:
        while data := os.read(pipe, _CHUNK):
            for line in commands.whole(data):
                try:
                    order = command(line)
                except BrokenLine as error:
                    print(f"gradtui backend: {error}", file=sys.stderr, flush=True)
                    continue
                if not known and (why := stranger(order)):
                    print(f"gradtui backend: {why}", file=sys.stderr, flush=True)
                    return
                known = True
                controls.send(order)
                if isinstance(order, Start):
                    controls = Controls(outbox.put, order.run, order.paused)
                    orders.put((order, controls))
                elif isinstance(order, Continue):
                    controls = Retrace(outbox.put, order.run, order.paused)
                    orders.put((order, controls))
                elif isinstance(order, Work):
                    controls = Controls()
                    orders.put((order, controls))
    finally:
        controls.send(Stop())
        idle.wait(_LAST)
        os._exit(0)


def _serve(orders: queue.SimpleQueue[Order], outbox: Outbox, idle: threading.Event) -> None:
    from gradtui.engine.training.devices import TORCH, devices

    outbox.put(Ready(torch=TORCH, devices=devices()))
    while True:
        order, controls = orders.get()
        if isinstance(order, Start | Continue):
            idle.clear()
            _run(order, controls, outbox)
            idle.set()
        else:
            work(order, controls, outbox.put)


def _run(order: Start | Continue, controls: Controls, outbox: Outbox) -> None:
    """Train one run and tell how its lanes ended; whatever goes wrong is told, and the backend stays. A run that is done is kept
    until another takes its place, so that it can go on.
    """
    from gradtui.core.experiments.refusal import Refused

    told = _Told(outbox, order.run, controls)
    try:
        training, examiners = _begin(order, told) if isinstance(order, Start) else _go_on(order, told)
        controls.heard_by(told.put)
        while True:
            outcomes = _train(training, controls, examiners, told)
            done = any(outcome.status == "done" for outcome in outcomes)
            if done and controls.go_beyond(training.made, training.change):
                continue
            for outcome in outcomes:
                told.put(Ended(run=order.run, **vars(outcome)))
            if told.recorded and any(outcome.status != "diverged" for outcome in outcomes):
                told.recorded.checkpoint()
            if not done or not controls.more(training.change, training.made, lambda: training.unfinished):
                return
    except (Refused, InvalidExperiment, Unreadable, Unwritable) as error:
        outbox.put(Failed(run=order.run, reason=str(error), refused=True, answers=order.number))
    except Exception as error:
        traceback.print_exc()
        outbox.put(Failed(run=order.run, reason=f"{type(error).__name__}: {error}", answers=order.number))
    finally:
        told.close()


def _begin(start: Start, told: _Told) -> tuple[Training, list[Examiner]]:
    """A run at step 0."""
    from gradtui.engine.training.trainer import prepare

    training = prepare([experiment(tables) for tables in start.experiments])
    if start.keep and len(start.experiments) == 1:
        told.record(record(start.keep, training, told.outbox.put, start.run))
    started = training.started(start.run).model_copy(update={"answers": start.number})
    told.outbox.put(started)
    return training, [Examiner(Run(made, started, lane=lane)) for lane, made in enumerate(training.stack.experiments)]


def _go_on(order: Continue, told: _Told) -> tuple[Training, list[Examiner]]:
    """A recorded run where it was left."""
    from gradtui.backend.resuming import resume

    def tell(problem: str) -> None:
        told.outbox.put(Recording(run=order.run, folder=order.folder, problem=problem))

    assert isinstance(told.controls, Retrace)
    going = resume(Path(order.folder), order.changes, told.controls, tell)
    told.record(going.recorded)
    told.outbox.put(Continued(run=order.run, step=told.controls.last, promise=going.promise, why=going.why, answers=order.number))
    return going.training, [going.examiner]


class _Told:
    """Where what is told of a run goes: to the screen, unless it is known there, and before that into its log, where it has one."""

    def __init__(self, outbox: Outbox, run: int, controls: Controls) -> None:
        self.outbox, self.run, self.controls = outbox, run, controls
        self.recorded: Recorded | None = None

    def record(self, recorded: Recorded | None) -> None:
        """From now on all that is told is recorded first."""
        self.recorded = recorded
        self.outbox.after = recorded.flushed if recorded else None

    def put(self, report: Report) -> None:
        """Tell something."""
        if self.recorded:
            self.recorded.put(report)
        if not self.controls.known:
            self.outbox.put(report)

    def close(self) -> None:
        """End recording, and make the run's line for lists, which may take a while, beside what comes next."""
        if self.recorded:
            self.outbox.after = None
            self.recorded.close()
            threading.Thread(target=listing.line, args=(self.recorded.path,), name="listing", daemon=True).start()


def _train(training: Training, controls: Controls, examiners: Sequence[Examiner], told: _Told) -> Outcomes:
    """Train to the end, and tell what is measured and found."""
    frames = training.frames(controls)
    while True:
        try:
            frame = next(frames)
        except StopIteration as end:
            outcomes: Outcomes = end.value
            return outcomes
        told.put(Sampled(run=told.run, frame=frame))
        findings = examiners[frame.lane].observe(frame, training.experiment(frame.lane))
        if findings is not None:
            told.put(Diagnosed(run=told.run, findings=findings, lane=frame.lane))
        if told.recorded:
            told.recorded.keep_up()
