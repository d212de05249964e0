"""A run as far as it has come: the one value that rules, comparison, lessons, screen and commands look at."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from gradtui.core.experiments.experiment import Experiment
from gradtui.core.measured.finding import Finding
from gradtui.core.measured.history import History
from gradtui.core.measured.protocol import (
    Changed,
    Continued,
    Diagnosed,
    Ended,
    Failed,
    Paused,
    Recording,
    Report,
    Resumed,
    Sampled,
    Started,
)
from gradtui.core.moments import STANDARDIZED, DataMoments

_BURST = 2.0
"""Seconds between two changes of one value by someone who looks for the right one."""


@dataclass(frozen=True, eq=False)
class Run:
    """An experiment as it stands, and what is known of its run.

    `started` is what was known before the first step, None until then; `history` grows with every frame; `findings` are those open
    and over, in the order in which they opened; `changes` are the live ones, in order, of a burst of one value's the last; `ended`
    is None while it goes on. `step` counts the steps made, `speed` is in steps a second, `lane` is the run's lane in its stack, and
    `problem` says in a sentence why it failed; empty where it did not. It is recorded in `folder`, and `unsaved` says why
    nothing is at the moment; both are empty otherwise.
    """

    experiment: Experiment
    started: Started | None = None
    history: History = field(default_factory=History)
    findings: tuple[Finding, ...] = ()
    changes: tuple[Changed, ...] = ()
    ended: Ended | None = None
    step: int = 0
    speed: float | None = None
    lane: int = 0
    problem: str = ""
    folder: str = ""
    unsaved: str = ""

    def after(self, report: Report) -> Run:
        """The run once it is known what the backend reports; the experiment stays as it was asked for."""
        match report:
            case Started():
                return replace(self, started=report)
            case Sampled(frame=frame):
                self.history.add(frame)
                return replace(self, step=frame.step, speed=_blend(self.speed, frame.steps_per_second))
            case Diagnosed(findings=findings):
                return replace(self, findings=findings)
            case Paused(step=step) | Resumed(step=step):
                return replace(self, step=step)
            case Changed():
                return replace(self, changes=self._changed(report))
            case Ended():
                return replace(self, ended=report, step=report.step)
            case Continued(step=step):
                return replace(self, ended=None, problem="", step=step, history=self.history.until(step))
            case Recording():
                return replace(self, folder=report.folder or self.folder, unsaved=report.problem)
            case Failed():
                return replace(self, problem=report.reason)
            case _:
                return self

    def _changed(self, change: Changed) -> tuple[Changed, ...]:
        """The changes with another one, in the place of one of the same value that came just before."""
        last = self.changes[-1] if self.changes else None
        soon = last is not None and last.key == change.key and change.step - last.step <= _BURST * (self.speed or 0)
        return (*(self.changes[:-1] if soon else self.changes), change)

    @property
    def trouble(self) -> str:
        """Why the run cannot go on, in sentences; empty where it can."""
        divergence = self.ended.divergence if self.ended else None
        advice = "Lower the learning rate, clip by norm or choose other weights, then press Space."
        return self.problem or (f"Diverged: {divergence}. {advice}" if divergence else "")

    @property
    def layers(self) -> tuple[str, ...]:
        """The names of the layers from the input on, the output layer last; empty before the run exists."""
        return self.started.layers if self.started else ()

    @property
    def data(self) -> DataMoments:
        """The moments of the training samples; those of standardized data of one size where they are not known."""
        known = self.started.data if self.started else ()
        return known[self.lane] if len(known) > self.lane else STANDARDIZED

    @property
    def guessing(self) -> float:
        """The training loss of the best constant answer; NaN where it is not known."""
        known = self.started.guessing if self.started else ()
        return known[self.lane] if len(known) > self.lane else math.nan

    @property
    def predicted(self) -> tuple[float | None, ...]:
        """What theory says of the first step's activation gradient by layer, 1 at the last hidden one; None where it is silent."""
        known = self.started.predicted if self.started else ()
        return known[self.lane] if len(known) > self.lane else (None,) * len(self.layers)

    @property
    def predicted_over_time(self) -> tuple[float | None, ...]:
        """The same by shown time step, 1 at the last one; empty where nothing recurs."""
        known = self.started.predicted_over_time if self.started else ()
        return known[self.lane] if len(known) > self.lane else ()


def _blend(smooth: float | None, newest: float | None) -> float | None:
    """A moving average: steps a second jump from frame to frame, and a number that jumps cannot be read."""
    return smooth if newest is None else newest if smooth is None else 0.9 * smooth + 0.1 * newest
