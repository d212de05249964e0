"""The session: the one place that holds what the screen shows and what the backend was told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from gradtui.core.experiments.experiment import Experiment
from gradtui.core.measured import protocol
from gradtui.core.measured.finding import Fix, to_mend
from gradtui.core.measured.run import Run
from gradtui.core.measured.work import Finished, Worked, Working
from gradtui.core.presets.preset import Preset
from gradtui.core.text import grouped
from gradtui.worker.changes import live_changes, longer
from gradtui.worker.keeping import Keeping
from gradtui.worker.line import Backend, Line
from gradtui.worker.mailbox import BackendLost, Letter, Nonsense
from gradtui.worker.moments import Moment, Moments
from gradtui.worker.phase import ACTIVE, ENDED, Phase, after
from gradtui.worker.unfit import unfit


class Session:
    """An experiment as it stands, the run made of it, and how to change both.

    `experiment` is what the forms show; `run` is what the backend trains. Where they differ in more than live parameters the
    run is `stale`: it waits, and Space starts the experiment from step 0. `earlier` are the runs that fixes took the place of, the
    newest last; `line` leads to the backend, `moments` hold what undo brings back. Runs are recorded in `runs`, if anywhere.
    """

    preset: Preset
    experiment: Experiment
    run: Run
    earlier: tuple[Run, ...]

    def __init__(self, preset: Preset, connect: Callable[[], Backend], runs: Path | None = None) -> None:
        self.line, self.moments, self.recording = Line(connect), Moments(), Keeping(runs)
        self._number = 0
        self._trouble = ""
        self._starts_paused = self._held = False
        self.torch: str | None = None
        self.devices: tuple[str, ...] = ()
        self.phase = Phase.READY
        self.preset, self.experiment = preset, preset.experiment
        self._take(Run(preset.experiment))

    def load(self, preset: Preset, run: Run | None = None) -> None:
        """Take another preset, or show a run of it as it was; a run under way ends."""
        self._remember()
        self._leave()
        run = run or Run(preset.experiment)
        self.preset, self.experiment = preset, run.experiment
        self._take(run)

    @property
    def before(self) -> Run | None:
        """The run that this one is compared with."""
        return self.earlier[-1] if self.earlier else None

    @property
    def notice(self) -> str:
        """What just went wrong, in a sentence; empty where nothing did."""
        return self._trouble or self.run.trouble or self.recording.problem

    @property
    def stale(self) -> bool:
        """Whether the run is of another experiment than the forms show."""
        return self.phase is not Phase.READY and self.experiment != self.run.experiment

    @property
    def longer(self) -> Experiment | None:
        """What a finished run would go on as; None where it cannot."""
        return longer(self.run, self.experiment) if self.phase is Phase.DONE and self._held else None

    @property
    def fixes(self) -> tuple[Fix, ...]:
        """What would mend the worst finding that anything would; nothing while the run is of another experiment than the forms."""
        return next((finding.fixes for finding in to_mend(self.run.findings) if finding.fixes), ()) if not self.stale else ()

    def toggle(self) -> None:
        """Run, pause, or go on: always the next thing to do. A finished run trains on, a stale one starts again from step 0."""
        if self.phase is Phase.PAUSED and not self.stale:
            self.line.send(protocol.Resume())
        elif self.phase is Phase.RUNNING:
            self.line.send(protocol.Pause())
        elif self.longer is not None:
            self._go_on(self.longer)
        elif self.phase is not Phase.STARTING:
            self._start_anew(paused=False)

    def advance(self, steps: int) -> None:
        """Make a few steps and wait, from wherever the run is."""
        if self.stale or self.phase not in ACTIVE:
            self._start_anew(paused=True)
        self.line.send(protocol.Advance(steps=steps))

    def rewind(self) -> None:
        """Back to step 0 with the same weights, and wait there."""
        self._start_anew(paused=True)

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
        """Stay with this run, and compare it with none before it."""
        self._remember()
        self.earlier = ()

    def discard(self) -> None:
        """Show the run before this one as it was. If it had not ended, Space starts it anew from step 0."""
        if (past := self.before) is None:
            return
        self._remember()
        self._leave()
        self.experiment = past.experiment
        self._take(past, self.earlier[:-1])

    def undo(self) -> Moment | None:
        """Take back the last change, of the experiment or of run and preset. Returns what is back; None where there is none."""
        if not self.moments:
            return None
        moment = self.moments.take()
        if moment.run.history is not self.run.history and (moment.run.step or moment.preset is not self.preset):
            self._leave()
            self.preset, self.experiment = moment.preset, moment.experiment
            self._take(moment.run, moment.earlier)
        else:
            self.earlier = moment.earlier
            self._adopt(moment.experiment)
        return moment

    def receive(self, letter: Letter) -> None:
        """Take in one report. Reports of runs that are over are ignored."""
        match letter:
            case protocol.Ready():
                self.torch, self.devices = letter.torch, letter.devices
            case BackendLost():
                self._lost(letter)
            case Nonsense():
                self._trouble = f"The backend sent {letter.what}."
            case Working() | Finished() | Worked():
                pass  # no cells were asked for
            case _ if letter.run == self._number:
                self._hear(letter)

    def _hear(self, report: protocol.Report) -> None:
        """Take in a report of this run, unless it contradicts what is known."""
        if wrong := unfit(report, self.run):
            self._trouble = f"The backend sent {wrong}, which was left out."
            return
        self.run = self.run.after(report)
        self.phase = after(self.phase, report, self._starts_paused)
        self.recording.hear(report)
        if isinstance(report, protocol.Rejected):
            self._trouble = report.reason

    def _take(self, run: Run, earlier: tuple[Run, ...] = ()) -> None:
        """Show another run, compared with the last of those before it. One that had not ended does not go on."""
        self.run, self.earlier, self._trouble = run, earlier, ""
        self.phase = Phase.READY if run.ended is None else ENDED[run.ended.status]

    def _leave(self) -> None:
        """End the run under way, and hear no more of it."""
        if self.phase in ACTIVE:
            self.line.send(protocol.Stop())
        self._number += 1
        self._held = False

    def _lost(self, lost: BackendLost) -> None:
        self._held = False
        self.line.lost()
        self.torch = None
        where = f" at step {grouped(self.run.step)}" if self.phase in ACTIVE else ""
        self.run = replace(self.run, problem=_loss(lost, where))
        self.phase = Phase.FAILED

    def _remember(self) -> None:
        self.moments.keep(Moment(self.preset, self.experiment, self.run, self.earlier))

    def _adopt(self, changed: Experiment) -> None:
        self.experiment = changed
        if self.phase not in ACTIVE:
            return
        self._trouble = ""
        changes = live_changes(self.run.experiment, changed)
        if changes is not None:
            for key, value in changes.items():
                self.line.send(protocol.Change(key=key, value=value))
            self.run = replace(self.run, experiment=changed)
        elif self.phase is Phase.RUNNING:
            self.line.send(protocol.Pause())

    def _go_on(self, wanted: Experiment) -> None:
        self._remember()
        self.experiment, self.phase = wanted, Phase.STARTING
        self.run = replace(self.run, ended=None)
        self._adopt(wanted)
        self.line.send(protocol.Resume())

    def _start_anew(self, paused: bool) -> None:
        """Start in place of a run, which undo brings back."""
        if self.run.step:
            self._remember()
        self._start(paused)

    def _start(self, paused: bool) -> None:
        self._take(Run(self.experiment), self.earlier)
        self._number += 1
        self._starts_paused, self._held, self.phase = paused, True, Phase.STARTING
        keep = self.recording.keep(self.preset, self.experiment)
        self.line.send(protocol.Start(run=self._number, experiments=(self.experiment.tables(),), paused=paused, keep=keep))


def _loss(lost: BackendLost, where: str) -> str:
    if lost.status is None:
        return f"The backend could not be started. Space tries again. {' | '.join(lost.lines)}"
    how = f"was killed by signal {-lost.status}" if lost.status < 0 else f"ended with status {lost.status}"
    said = " It said: " + " | ".join(lost.lines) if lost.lines else ""
    return f"The backend {how}{where}. Space starts another.{said}"
