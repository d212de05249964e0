"""The backend's main loop: commands in on one pipe, reports out on another, a run at a time."""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gradtui.backend.outbox import Outbox
from gradtui.core.experiments.experiment import InvalidExperiment, experiment
from gradtui.core.measured.protocol import (
    BrokenLine,
    Diagnosed,
    Ended,
    Failed,
    Lines,
    Ready,
    Sampled,
    Start,
    command,
)
from gradtui.core.measured.run import Run
from gradtui.diagnosis.examiner import Examiner
from gradtui.engine.training.controls import Controls

_CHUNK = 1 << 16

if TYPE_CHECKING:
    from gradtui.engine.training.trainer import Outcomes, Training

Order = tuple[Start, Controls]


def main() -> None:
    """Serve until the input ends. The protocol keeps the real standard output; stray prints go to standard error."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in the terminal is the app's business
    outbox = Outbox(os.dup(1))
    os.dup2(2, 1)
    orders: queue.SimpleQueue[Order] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(0, orders, outbox), name="reader", daemon=True).start()
    _serve(orders, outbox)


def _read(pipe: int, orders: queue.SimpleQueue[Order], outbox: Outbox) -> None:
    """Hand out commands as they come; the process ends with its input, whatever it is doing."""
    controls, commands = Controls(), Lines()
    try:
        while data := os.read(pipe, _CHUNK):
            for line in commands.whole(data):
                try:
                    order = command(line)
                except BrokenLine as error:
                    print(f"gradtui backend: {error}", file=sys.stderr, flush=True)
                    continue
                controls.send(order)
                if isinstance(order, Start):
                    controls = Controls(outbox.put, order.run, order.paused)
                    orders.put((order, controls))
    finally:
        os._exit(0)


def _serve(orders: queue.SimpleQueue[Order], outbox: Outbox) -> None:
    from gradtui.engine.training.devices import TORCH, devices

    outbox.put(Ready(torch=TORCH, devices=devices()))
    while True:
        _run(*orders.get(), outbox)


def _run(start: Start, controls: Controls, outbox: Outbox) -> None:
    """Train one run and tell how its lanes ended; whatever goes wrong is told, and the backend stays. A run that is done is kept
    until another takes its place, so that it can go on.
    """
    from gradtui.core.experiments.refusal import Refused
    from gradtui.engine.training.trainer import prepare

    try:
        training = prepare([experiment(tables) for tables in start.experiments])
        started = training.started(start.run)
        outbox.put(started)
        examiners = [Examiner(Run(made, started, lane=lane)) for lane, made in enumerate(training.stack.experiments)]
        while True:
            outcomes = _train(training, controls, examiners, start.run, outbox)
            for outcome in outcomes:
                outbox.put(Ended(run=start.run, **vars(outcome)))
            done = any(outcome.status == "done" for outcome in outcomes)
            if not done or not controls.more(training.stack.change, training.made, lambda: training.unfinished):
                return
    except (Refused, InvalidExperiment) as error:
        outbox.put(Failed(run=start.run, reason=str(error), refused=True))
    except Exception as error:
        traceback.print_exc()
        outbox.put(Failed(run=start.run, reason=f"{type(error).__name__}: {error}"))


def _train(training: Training, controls: Controls, examiners: Sequence[Examiner], run: int, outbox: Outbox) -> Outcomes:
    """Train to the end, and tell what is measured and found."""
    frames = training.frames(controls)
    while True:
        try:
            frame = next(frames)
        except StopIteration as end:
            outcomes: Outcomes = end.value
            return outcomes
        outbox.put(Sampled(run=run, frame=frame))
        findings = examiners[frame.lane].observe(frame, training.stack.experiments[frame.lane])
        if findings is not None:
            outbox.put(Diagnosed(run=run, findings=findings, lane=frame.lane))
