"""The session: the one place that holds what the screen shows and what the backend was told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from gradtui.core.experiments.experiment import Experiment
from gradtui.core.measured import protocol
from gradtui.core.measured.finding import Fix, to_mend
from gradtui.core.measured.run import Run
from gradtui.core.presets.preset import Preset
from gradtui.worker.course import Course
from gradtui.worker.keeping import keep
from gradtui.worker.line import Backend
from gradtui.worker.mailbox import Letter
from gradtui.worker.moments import Moment, Moments
from gradtui.worker.phase import ACTIVE, Phase


class Session:
    """An experiment as it stands, the run made of it, and how to change both.

    `experiment` is what the forms show; `run` is what the backend trains. Where they differ in more than live parameters the
    run is `stale`: it waits, and Space starts the experiment from step 0. `earlier` are the runs that fixes took the place of, the
    newest last; `course` is the run's way through the backend, `moments` hold what undo brings back. Runs are recorded in `runs`,
    if anywhere.
    """

    last = ""
    """The run before this session, in words; empty where there was none."""
    moment: Run | None = None
    """The run as it was at an earlier moment, which is shown in its place; None where it is shown as it is."""
    pinned: Run | None = None
    """A run that later ones are drawn over."""
    preset: Preset
    experiment: Experiment
    earlier: tuple[Run, ...]

    def __init__(self, preset: Preset, connect: Callable[[], Backend], runs: Path | None = None) -> None:
        self.moments, self._runs = Moments(), runs
        self.preset, self.experiment, self.earlier = preset, preset.experiment, ()
        self.course = Course(connect, Run(preset.experiment))

    @property
    def run(self) -> Run:
        """What the backend trains, or has trained."""
        return self.course.run

    @property
    def shown(self) -> Run:
        """What the screen shows of it."""
        return self.moment or self.run

    @property
    def phase(self) -> Phase:
        """What the run is doing."""
        return self.course.phase

    def load(self, preset: Preset, run: Run | None = None) -> None:
        """Take another preset, or show a run of it as it was; a run under way ends."""
        self._remember()
        self.course.leave()
        run = run or Run(preset.experiment)
        self.preset, self.experiment = preset, run.experiment
        self._take(run)

    @property
    def before(self) -> Run | None:
        """The run that this one is compared with."""
        return self.earlier[-1] if self.earlier else None

    @property
    def beside(self) -> Run | None:
        """The run that this one is drawn over: the one before a fix, or else the one that is pinned, unless it is this one."""
        pinned = self.pinned if self.pinned and self.pinned.history is not self.run.history else None
        return self.before or pinned

    @property
    def notice(self) -> str:
        """What just went wrong, in a sentence; empty where nothing did."""
        return self.course.trouble or self.run.trouble or self.run.unsaved

    @property
    def stale(self) -> bool:
        """Whether the run is of another experiment than the forms show."""
        return self.phase is not Phase.READY and self.experiment != self.run.experiment

    @property
    def onward(self) -> Experiment | None:
        """What a run that was left, or is done, would go on as; None where it cannot."""
        return self.course.onward(self.experiment)

    @property
    def fixes(self) -> tuple[Fix, ...]:
        """What would mend the worst finding that anything would; nothing while the run is of another experiment than the forms."""
        return next((finding.fixes for finding in to_mend(self.run.findings) if finding.fixes), ()) if not self.stale else ()

    def toggle(self) -> None:
        """Run, pause, or go on: always the next thing to do. A run that is done or was left trains on, a stale one starts again
        from step 0.
        """
        if self.phase is Phase.PAUSED and not self.stale:
            self.course.line.send(protocol.Resume())
        elif self.phase is Phase.RUNNING:
            self.course.line.send(protocol.Pause())
        elif self.onward is not None:
            self._go_on(self.onward)
        elif self.phase is not Phase.STARTING:
            self._start_anew(paused=False)

    def advance(self, steps: int) -> None:
        """Make a few steps and wait, from wherever the run is."""
        if self.onward is not None and self.phase is not Phase.DONE:
            self._go_on(self.onward, paused=True)
        elif self.stale or self.phase not in ACTIVE:
            self._start_anew(paused=True)
        self.course.line.send(protocol.Advance(steps=steps))

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
        """Show the run before this one as it was. If it had not ended, Space goes on with it, or starts it anew from step 0."""
        if (past := self.before) is None:
            return
        self._remember()
        self.course.leave()
        self.experiment = past.experiment
        self._take(past, self.earlier[:-1])

    def undo(self) -> Moment | None:
        """Take back the last change, of the experiment or of run and preset. Returns what is back; None where there is none."""
        if not self.moments:
            return None
        moment = self.moments.take()
        if moment.run.history is not self.run.history and (moment.run.step or moment.preset is not self.preset):
            self.course.leave()
            self.preset, self.experiment = moment.preset, moment.experiment
            self._take(moment.run, moment.earlier)
        else:
            self.earlier = moment.earlier
            self._adopt(moment.experiment)
        return moment

    def receive(self, letter: Letter) -> None:
        """Take in one report."""
        self.course.receive(letter)

    def _remember(self) -> None:
        self.moments.keep(Moment(self.preset, self.experiment, self.run, self.earlier))

    def _adopt(self, changed: Experiment) -> None:
        self.experiment = changed
        self.course.adopt(changed)

    def _take(self, run: Run, earlier: tuple[Run, ...] = ()) -> None:
        """Show another run, compared with the last of those before it."""
        self.earlier, self.moment = earlier, None
        self.course.show(run)

    def _go_on(self, wanted: Experiment, paused: bool = False) -> None:
        self._remember()
        self.experiment = wanted
        self.course.go_on(wanted, paused)

    def _start_anew(self, paused: bool) -> None:
        """Start in place of a run, which undo brings back."""
        if self.run.step:
            self._remember()
        self._start(paused)

    def _start(self, paused: bool) -> None:
        self.course.start(self.experiment, paused, keep(self._runs, self.preset, self.experiment))
