"""The session: the one place that holds what the screen shows and what the backend was told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import Enum
from typing import Any, Protocol

from gradtui.core.experiments.experiment import Experiment, InvalidExperiment
from gradtui.core.measured import protocol
from gradtui.core.measured.finding import Fix, to_mend
from gradtui.core.measured.run import Run
from gradtui.core.presets.preset import Preset
from gradtui.core.text import grouped
from gradtui.worker.mailbox import BackendLost, Letter, Nonsense
from gradtui.worker.unfit import unfit

_UNDO = 200


class Phase(Enum):
    """What the run is doing, in the words that the screen uses."""

    READY = "ready"
    STARTING = "starting"
    RUNNING = "training"
    PAUSED = "paused"
    DONE = "done"
    DIVERGED = "diverged"
    FAILED = "failed"


ACTIVE = (Phase.STARTING, Phase.RUNNING, Phase.PAUSED)
_ENDED = {"done": Phase.DONE, "diverged": Phase.DIVERGED, "stopped": Phase.READY}


class Backend(Protocol):
    """What a session needs of a worker."""

    def send(self, command: protocol.Command) -> None:
        """Hand over a command without waiting."""

    def close(self) -> None:
        """End the process."""


class Session:
    """An experiment as it stands, the run made of it, and how to change both.

    `experiment` is what the forms show; `run` is what the backend trains. Where they differ in more than live parameters the
    run is `stale`: it waits, and Space starts the experiment from step 0. `earlier` are the runs that fixes took the place of, the
    newest last.
    """

    preset: Preset
    experiment: Experiment
    run: Run
    earlier: tuple[Run, ...]

    def __init__(self, preset: Preset, connect: Callable[[], Backend]) -> None:
        self._connect = connect
        self._backend: Backend | None = None
        self._undo: list[Experiment] = []
        self._number = 0
        self._trouble = ""
        self._starts_paused = False
        self.torch: str | None = None
        self.devices: tuple[str, ...] = ()
        self.phase = Phase.READY
        self.load(preset)

    def load(self, preset: Preset) -> None:
        """Take another preset; a run under way ends."""
        if self.phase in ACTIVE:
            self._send(protocol.Stop())
        self._number += 1
        self.preset = preset
        self.experiment = preset.experiment
        self._undo.clear()
        self._take(Run(preset.experiment))
        self.phase = Phase.READY

    def connect(self) -> None:
        """Start a backend unless there is one."""
        if self._backend is None:
            self._backend = self._connect()

    def close(self) -> None:
        """End the backend. Waits for it: call it when the screen is gone."""
        if self._backend is not None:
            self._backend.close()

    @property
    def before(self) -> Run | None:
        """The run that this one is compared with."""
        return self.earlier[-1] if self.earlier else None

    @property
    def notice(self) -> str:
        """What just went wrong, in a sentence; empty where nothing did."""
        if self._trouble or self.run.problem:
            return self._trouble or self.run.problem
        divergence = self.run.ended.divergence if self.run.ended else None
        advice = "Lower the learning rate, clip by norm or choose other weights, then press Space."
        return f"Diverged: {divergence}. {advice}" if divergence else ""

    @property
    def stale(self) -> bool:
        """Whether the run is of another experiment than the forms show."""
        return self.phase is not Phase.READY and self.experiment != self.run.experiment

    @property
    def fixes(self) -> tuple[Fix, ...]:
        """What would mend the worst finding that anything would; nothing while the run is of another experiment than the forms."""
        return next((finding.fixes for finding in to_mend(self.run.findings) if finding.fixes), ()) if not self.stale else ()

    def toggle(self) -> None:
        """Run, pause, or go on: always the next thing to do. A stale or finished run starts again from step 0."""
        if self.phase is Phase.PAUSED and not self.stale:
            self._send(protocol.Resume())
        elif self.phase is Phase.RUNNING:
            self._send(protocol.Pause())
        elif self.phase is not Phase.STARTING:
            self._start(paused=False)

    def advance(self, steps: int) -> None:
        """Make a few steps and wait, from wherever the run is."""
        if self.stale or self.phase not in ACTIVE:
            self._start(paused=True)
        self._send(protocol.Advance(steps=steps))

    def rewind(self) -> None:
        """Back to step 0 with the same weights, and wait there."""
        self._start(paused=True)

    def change(self, changes: Mapping[str, Any]) -> None:
        """Change values by dotted key, at once where all are live. Raises InvalidExperiment and changes nothing."""
        changed = self.experiment.changed(changes)
        if changed != self.experiment:
            self._remember()
            self._adopt(changed)

    def try_fix(self, fix: Fix) -> None:
        """Start the experiment with a fix from step 0; this run stays as `before`. Raises InvalidExperiment and changes nothing."""
        fixed = self.experiment.changed(fix.set)
        self._remember()
        self.earlier = (*self.earlier, self.run)
        self.experiment = fixed
        self._start(paused=False)

    def keep(self) -> None:
        """Stay with this run and forget those before it."""
        self.earlier = ()

    def discard(self) -> None:
        """Show the run before this one as it was. If it had not ended, Space starts it anew from step 0."""
        if (past := self.before) is None:
            return
        if self.phase in ACTIVE:
            self._send(protocol.Stop())
        self._number += 1
        self._remember()
        self._take(past, self.earlier[:-1])
        self.experiment = past.experiment
        self.phase = Phase.READY if past.ended is None else _ENDED[past.ended.status]

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self._undo)

    def undo(self) -> bool:
        """Take back the last change of the experiment; False where there is none."""
        if not self._undo:
            return False
        self._adopt(self._undo.pop())
        return True

    def receive(self, letter: Letter) -> None:
        """Take in one report. Reports of runs that are over are ignored."""
        match letter:
            case protocol.Ready():
                self.torch, self.devices = letter.torch, letter.devices
            case BackendLost():
                self._lost(letter)
            case Nonsense():
                self._trouble = f"The backend sent {letter.what}."
            case _ if letter.run != self._number:
                pass
            case _ if wrong := unfit(letter, self.run):
                self._trouble = f"The backend sent {wrong}, which was left out."
            case protocol.Started():
                self._know(started=letter)
                if self.phase is Phase.STARTING:
                    self.phase = Phase.PAUSED if self._starts_paused else Phase.RUNNING
            case protocol.Sampled(frame=frame):
                self.run.history.add(frame)
                self._know(step=frame.step, speed=_blend(self.run.speed, frame.steps_per_second))
            case protocol.Diagnosed():
                self._know(findings=letter.findings)
            case protocol.Paused():
                self.phase = Phase.PAUSED
                self._know(step=letter.step)
            case protocol.Resumed():
                self.phase = Phase.RUNNING
                self._know(step=letter.step)
            case protocol.Changed():
                self._know(changes=(*self.run.changes, letter))
            case protocol.Rejected():
                self._trouble = letter.reason
            case protocol.Ended():
                self.phase = _ENDED[letter.status]
                self._know(ended=letter, step=letter.step)
            case protocol.Failed():
                self.phase = Phase.FAILED
                self._know(problem=letter.reason)

    def _know(self, **news: Any) -> None:
        """More is known of the run."""
        self.run = replace(self.run, **news)

    def _take(self, run: Run, earlier: tuple[Run, ...] = ()) -> None:
        """Show another run, compared with the last of those before it."""
        self.run, self.earlier, self._trouble = run, earlier, ""

    def _lost(self, lost: BackendLost) -> None:
        self._backend, self.torch = None, None
        said = " It said: " + " | ".join(lost.lines) if lost.lines else ""
        where = f" at step {grouped(self.run.step)}" if self.phase in ACTIVE else ""
        if lost.status is None:
            problem = f"The backend could not be started. Space tries again. {' | '.join(lost.lines)}"
        elif lost.status < 0:
            problem = f"The backend was killed by signal {-lost.status}{where}. Space starts another.{said}"
        else:
            problem = f"The backend ended with status {lost.status}{where}. Space starts another.{said}"
        self._know(problem=problem)
        self.phase = Phase.FAILED

    def _remember(self) -> None:
        self._undo = [*self._undo[-_UNDO:], self.experiment]

    def _adopt(self, changed: Experiment) -> None:
        self.experiment = changed
        if self.phase not in ACTIVE:
            return
        changes = _live_changes(self.run.experiment, changed)
        if changes is not None:
            for key, value in changes.items():
                self._send(protocol.Change(key=key, value=value))
            self._know(experiment=changed)
        elif self.phase is Phase.RUNNING:
            self._send(protocol.Pause())

    def _start(self, paused: bool) -> None:
        self._take(Run(self.experiment), self.earlier)
        self._number += 1
        self._starts_paused = paused
        self.phase = Phase.STARTING
        self._send(protocol.Start(run=self._number, experiments=(self.experiment.tables(),), paused=paused))

    def _send(self, command: protocol.Command) -> None:
        self.connect()
        assert self._backend is not None
        self._backend.send(command)


def _live_changes(running: Experiment, wanted: Experiment) -> dict[str, Any] | None:
    """The changes that lead a run, one after the other, to what is wanted; None where one of them needs another run.

    What a choice brings by itself is left out.
    """
    changes = {}
    for key, (_, value) in running.differences(wanted).items():
        if value is None or running.value(key) == value:
            continue
        if not wanted.parameter(key).live:
            return None
        try:
            running = running.changed({key: value})
        except InvalidExperiment:
            return None
        changes[key] = value
    return changes


def _blend(smooth: float | None, newest: float | None) -> float | None:
    """A moving average: steps a second jump from frame to frame, and a number that jumps cannot be read."""
    return smooth if newest is None else newest if smooth is None else 0.9 * smooth + 0.1 * newest
