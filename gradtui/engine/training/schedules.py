"""Schedules while a run goes on: the factor on each lane's learning rate, at every step."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from gradtui.catalog.schedules import SCHEDULES
from gradtui.core.experiments.experiment import Experiment, Section
from gradtui.core.experiments.schedule import factor, moves
from gradtui.engine.target import resolve


class Plateau:
    """Lowers the rate when the mean training loss of a window has not fallen for a while.

    The judgement is torch.optim.lr_scheduler.ReduceLROnPlateau's, relative threshold, once a window. `epoch` counts the steps of
    one. Windows begin after the warm-up.
    """

    def __init__(self, epoch: int) -> None:
        self._epoch = epoch
        self._best, self._bad = math.inf, 0
        self._total, self._count = 0.0, 0
        self.factor = 1.0

    def go_on(self, seen: Mapping[str, float]) -> None:
        """Go on from what another one has seen."""
        for name, value in vars(self).items():
            setattr(self, name, type(value)(seen[name]))

    def judge(self, loss: float, schedule: Section) -> None:
        """Take in the loss of a step; the factor holds from the next step on."""
        self._total += loss
        self._count += 1
        if self._count < (schedule.window or self._epoch):
            return
        mean, self._total, self._count = self._total / self._count, 0.0, 0
        if mean < self._best * (1 - schedule.threshold):
            self._best, self._bad = mean, 0
        else:
            self._bad += 1
        if self._bad > schedule.patience:
            self.factor, self._bad = max(self.factor * schedule.gamma, min(self.factor, schedule.final)), 0


class Schedules:
    """The schedules of all lanes; `moving` says whether any of them can change its rate."""

    moving: bool

    def __init__(self, experiments: Sequence[Experiment], epoch: int) -> None:
        self._epoch = epoch
        self._judges: dict[int, Plateau] = {}
        self.adopt(experiments)

    def adopt(self, experiments: Sequence[Experiment]) -> None:
        """Take over changed values, from the next step on. What judges the loss goes on with what it has seen."""
        self._sections = [experiment.schedule for experiment in experiments]
        self._curves = [factor(experiment.schedule, experiment.run.steps) for experiment in experiments]
        self.moving = any(map(moves, self._sections))
        entries = [SCHEDULES[section.name] for section in self._sections]
        self._judges = {
            lane: self._judges.get(lane) or resolve(entry)(self._epoch) for lane, entry in enumerate(entries) if entry.target
        }

    def take_over(self, before: Schedules, lanes: Sequence[int]) -> None:
        """Go on with what was judged before, where `lanes` are the old places of the lanes that there are now."""
        self._judges = {lane: before._judges[lanes[lane]] for lane in self._judges}

    def judged(self) -> dict[str, dict[str, float]]:
        """What those that judge the loss have seen, by lane, for `go_on`."""
        return {str(lane): dict(vars(judge)) for lane, judge in self._judges.items()}

    def go_on(self, judged: Mapping[str, Mapping[str, float]]) -> None:
        """Go on from what others have seen."""
        for lane, judge in self._judges.items():
            judge.go_on(judged[str(lane)])

    def factors(self, number: int) -> list[float]:
        """The factor on each lane's learning rate at a step, counted from 1."""
        factors = [at(number) for at in self._curves]
        for lane, judge in self._judges.items():
            factors[lane] *= judge.factor
        return factors

    def heed(self, number: int, losses: Sequence[float]) -> None:
        """Show the losses of a step, by lane, to what judges them."""
        for lane, judge in self._judges.items():
            if number > self._sections[lane].warmup:
                judge.judge(losses[lane], self._sections[lane])
