"""What the screen shows of a run, and of the one before it that it is compared with."""

from __future__ import annotations

from dataclasses import dataclass

from gradtui.core.experiments.experiment import Experiment
from gradtui.core.measured.finding import Finding, to_mend
from gradtui.core.measured.history import History
from gradtui.core.measured.protocol import Ended, Started


@dataclass(frozen=True, eq=False)
class Past:
    """A run as it was when a fix took its place. `before` is the run that it was itself compared with."""

    experiment: Experiment
    history: History
    started: Started | None
    ended: Ended | None
    findings: tuple[Finding, ...]
    marks: list[tuple[int, str]]
    notice: str
    speed: float | None
    step: int
    before: Past | None


class Shown:
    """A run as far as the screen knows it. `running` is what it trains, `before` the run that it is compared with."""

    running: Experiment
    history: History
    started: Started | None
    ended: Ended | None
    findings: tuple[Finding, ...]
    marks: list[tuple[int, str]]
    notice: str
    speed: float | None
    before: Past | None = None

    @property
    def told_findings(self) -> tuple[Finding, ...]:
        """What is wrong with the run now, the worst first, and of equals the oldest; or what was, the newest first."""
        return to_mend(self.findings)

    @property
    def step(self) -> int:
        """Steps that the run has made, as far as the screen knows."""
        return self._step

    def _clear(self, running: Experiment) -> None:
        """Nothing is known yet of a run of this experiment."""
        self.running = running
        self.history = History()
        self.started = None
        self.ended = None
        self.findings = ()
        self.marks = []
        self.notice = ""
        self.speed = None
        self._step = 0

    def _past(self) -> Past:
        """The run as it is now, to be kept."""
        return Past(
            experiment=self.running,
            history=self.history,
            started=self.started,
            ended=self.ended,
            findings=self.findings,
            marks=self.marks,
            notice=self.notice,
            speed=self.speed,
            step=self._step,
            before=self.before,
        )

    def _bring_back(self, past: Past) -> None:
        """Show a run as it was kept."""
        self.running = past.experiment
        self.history = past.history
        self.started = past.started
        self.ended = past.ended
        self.findings = past.findings
        self.marks = past.marks
        self.notice = past.notice
        self.speed = past.speed
        self._step = past.step
        self.before = past.before
