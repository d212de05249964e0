"""Follows a cell while it is trained: its moments, its findings, and its result in the end."""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING

from gradtui.core.experiments.experiment import Experiment
from gradtui.core.measured.finding import in_force
from gradtui.core.measured.frame import Frame
from gradtui.core.measured.protocol import Started
from gradtui.core.measured.result import Moment, Result
from gradtui.core.measured.run import Run
from gradtui.core.measured.work import Assigned
from gradtui.diagnosis.examiner import Examiner

if TYPE_CHECKING:
    from gradtui.engine.training.outcomes import Outcome

_MOST = 400
"""Moments kept at most: every second one goes when there are more."""
_LAST = 0.9
"""Share of the steps after which losses count as the last ones, and rules are asked."""


class Follower:
    """One cell. `dropped` says that it was stopped by whoever asked for it, or by halving, and not with the whole job."""

    def __init__(self, experiment: Experiment, started: Started, lane: int, cell: Assigned) -> None:
        self.dropped = False
        self._experiment, self._cell = experiment, cell
        self._examiner = Examiner(Run(experiment, started, lane=lane))
        self._moments: list[Moment] = []
        self._since: list[tuple[int, float]] = []
        self._last: deque[tuple[int, int, float]] = deque()
        self._validation: float | None = None
        self._loss = math.nan

    def follow(self, frame: Frame) -> None:
        """Take in a frame."""
        if self._cell.sweep is None:
            self._examine(frame)
        self._loss = frame.loss.mean
        self._since.append((frame.loss.count, frame.loss.mean))
        self._last.append((frame.step, frame.loss.count, frame.loss.mean))
        while self._last[0][0] < _LAST * frame.step:
            self._last.popleft()
        if frame.validation_loss is not None:
            self._validation = frame.validation_loss
        if self._cell.sweep is not None or frame.validation_loss is not None:
            self._moments.append((frame.step, _mean(self._since), frame.validation_loss))
            self._since.clear()
        if len(self._moments) > _MOST and self._cell.sweep is None:
            del self._moments[1:-1:2]

    def _examine(self, frame: Frame) -> None:
        """Let the rules look at the run where it nears its end or is lost: only what is in force then is told."""
        if frame.step >= _LAST * self._experiment.run.steps or not math.isfinite(frame.loss.last):
            self._examiner.observe(frame, self._experiment)
        else:
            self._examiner.run.history.add(frame)

    def newest(self) -> tuple[str, float, float | None]:
        """The cell, its newest mean loss and its newest validation loss."""
        return self._cell.cell, self._loss, self._validation

    def bad(self, by: str) -> float:
        """What is to be small at a rung, infinite where it is no number."""
        value = self._loss if by == "loss" or self._validation is None else self._validation
        return value if math.isfinite(value) else math.inf

    def result(self, outcome: Outcome, seconds: float, price: float | None) -> Result:
        """What came of it; `price` is that of the optimizer alone."""
        return Result(
            cell=self._cell.cell,
            status=outcome.status,
            step=outcome.step,
            loss=_mean([(count, mean) for _, count, mean in self._last]) if self._last else None,
            validation_loss=outcome.validation_loss,
            validation_accuracy=outcome.validation_accuracy,
            validation_samples=outcome.validation_samples,
            test_loss=outcome.test_loss,
            test_accuracy=outcome.test_accuracy,
            test_samples=outcome.test_samples,
            optimizer_us=price,
            guessing=self._examiner.run.guessing,
            seconds=seconds,
            curve=tuple(self._moments),
            findings=tuple(finding.rule for finding in in_force(self._examiner.run.findings) if finding.severity != "info"),
        )


def _mean(losses: list[tuple[int, float]]) -> float:
    """The mean over steps, of means over so many each."""
    steps = sum(count for count, _ in losses)
    return sum(mean * (count / steps) for count, mean in losses)
