"""The run that is shown, and what the backend does with it: started, changed, left, gone on with, heard of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from gradtui.core.experiments.experiment import Experiment
from gradtui.core.measured import protocol
from gradtui.core.measured.run import Run
from gradtui.core.measured.work import Finished, Worked, Working
from gradtui.core.text import grouped
from gradtui.worker.changes import live_changes, onward
from gradtui.worker.line import Backend, Line
from gradtui.worker.mailbox import BackendLost, Letter, Nonsense
from gradtui.worker.phase import ACTIVE, ENDED, Phase, after
from gradtui.worker.unfit import unfit


class Course:
    """One run at a time. `line` leads to the backend, `torch` and `devices` are what it has, and `trouble` is what it last did
    wrong, in a sentence; empty where it did nothing wrong.
    """

    run: Run
    phase: Phase

    def __init__(self, connect: Callable[[], Backend], run: Run) -> None:
        self.line = Line(connect)
        self.torch: str | None = None
        self.devices: tuple[str, ...] = ()
        self._number = 0
        self._starts_paused = self._held = False
        self.show(run)

    def show(self, run: Run) -> None:
        """Show another run. One that had not ended does not go on."""
        self.run, self.trouble = run, ""
        self.phase = Phase.READY if run.ended is None else ENDED[run.ended.status]

    def leave(self) -> None:
        """End the run under way, and hear no more of it."""
        if self.phase in ACTIVE:
            self.line.send(protocol.Stop())
        self._number += 1
        self._held = False

    def start(self, experiment: Experiment, paused: bool, keep: protocol.Keep | None) -> None:
        """Start an experiment from step 0."""
        self.show(Run(experiment))
        self._begin(paused)
        self.line.send(protocol.Start(run=self._number, experiments=(experiment.tables(),), paused=paused, keep=keep))

    def onward(self, wanted: Experiment) -> Experiment | None:
        """What a run that does not go on would go on as, given what is `wanted`: one that the backend holds, or one in a folder.
        None where it cannot.
        """
        ended = self.phase is Phase.DONE
        left = self.run.step > 0 and self.run.folder and (ended or self.phase in (Phase.READY, Phase.FAILED))
        return onward(self.run, wanted) if (ended and self._held) or (left and not self._held) else None

    def go_on(self, wanted: Experiment, paused: bool) -> None:
        """Go on with a run from where it was left, as what `onward` says; `paused` says whether to wait there."""
        changes = live_changes(self.run.experiment, wanted) or {}
        held, self.run = self._held, replace(self.run, ended=None, problem="")
        if held:
            self.phase = Phase.STARTING
            self.adopt(wanted)
            self.line.send(protocol.Resume())
        else:
            self.run, self.trouble = replace(self.run, experiment=wanted), ""
            self._begin(paused)
            self.line.send(protocol.Continue(run=self._number, folder=self.run.folder, changes=changes, paused=paused))

    def adopt(self, changed: Experiment) -> None:
        """Let a run under way follow the experiment, where all that changed is live; otherwise it waits."""
        if self.phase not in ACTIVE:
            return
        self.trouble = ""
        changes = live_changes(self.run.experiment, changed)
        if changes is not None:
            for key, value in changes.items():
                self.line.send(protocol.Change(key=key, value=value))
            self.run = replace(self.run, experiment=changed)
        elif self.phase is Phase.RUNNING:
            self.line.send(protocol.Pause())

    def receive(self, letter: Letter) -> None:
        """Take in one report. Reports of runs that are over are ignored."""
        match letter:
            case protocol.Ready():
                self.torch, self.devices = letter.torch, letter.devices
            case BackendLost():
                self._lost(letter)
            case Nonsense():
                self.trouble = f"The backend sent {letter.what}."
            case Working() | Finished() | Worked() | protocol.Hello():
                pass  # no cells were asked for
            case _ if letter.run == self._number:
                self._hear(letter)

    def _begin(self, paused: bool) -> None:
        self._number += 1
        self._starts_paused, self._held, self.phase = paused, True, Phase.STARTING

    def _hear(self, report: protocol.Report) -> None:
        """Take in a report of this run, unless it contradicts what is known."""
        if wrong := unfit(report, self.run):
            self.trouble = f"The backend sent {wrong}, which was left out."
            return
        self.run = self.run.after(report)
        self.phase = after(self.phase, report, self._starts_paused)
        if isinstance(report, protocol.Rejected):
            self.trouble = report.reason
        elif isinstance(report, protocol.Failed):
            self._held = False

    def _lost(self, lost: BackendLost) -> None:
        self._held = False
        self.line.lost()
        self.torch = None
        where = f" at step {grouped(self.run.step)}" if self.phase in ACTIVE else ""
        self.run = replace(self.run, problem=_loss(lost, where))
        self.phase = Phase.FAILED


def _loss(lost: BackendLost, where: str) -> str:
    if lost.status is None:
        return f"The backend could not be started. Space tries again. {' | '.join(lost.lines)}"
    how = f"was killed by signal {-lost.status}" if lost.status < 0 else f"ended with status {lost.status}"
    said = " It said: " + " | ".join(lost.lines) if lost.lines else ""
    return f"The backend {how}{where}. Space starts another.{said}"
