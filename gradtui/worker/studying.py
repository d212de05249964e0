"""A study under way: what is known, what is being trained, and what is wanted next. Screen and commands drive the same one."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping

from gradtui.core.measured.result import Moment, Result
from gradtui.core.measured.work import Assigned, Finished, Work, Worked, Working
from gradtui.study.cells import Cell
from gradtui.study.inquiry import Inquiry
from gradtui.study.packing import Plan, Stack, pack
from gradtui.worker.scheduler import Scheduler


def _forget(result: Result) -> None:
    """Keep nothing."""


class Studying:
    """Drives a study to its end: `advance` takes in what was told, and hands over what is wanted next.

    `results` are known by cell, those that failed too; `live` are the moments of cells under way, `training` the cells themselves.
    `problem` says why the study could not go on; empty while it can. Each result that is not a failure is handed to `keep` once.
    """

    def __init__(
        self,
        inquiry: Inquiry,
        scheduler: Scheduler,
        memory: int,
        results: Mapping[str, Result] = {},
        keep: Callable[[Result], None] = _forget,
    ) -> None:
        self.inquiry, self.scheduler = inquiry, scheduler
        self.results: dict[str, Result] = dict(results)
        self.live: dict[str, list[Moment]] = {}
        self.training: dict[str, Cell] = {}
        self.problem = ""
        self._memory, self._keep = memory, keep
        self._jobs: dict[str, Stack] = {}
        self._made = 0
        self._steps: dict[str, int] = {}
        self._began = time.monotonic()
        self._known = len(self.results)

    @property
    def done(self) -> bool:
        """Whether nothing is under way."""
        return not self._jobs

    @property
    def seconds(self) -> float:
        """Since the study began here."""
        return time.monotonic() - self._began

    @property
    def share(self) -> float:
        """How much of the study is done, by cells and their steps, as far as can be foreseen."""
        under_way: float = sum(self._steps.get(name, 0) / cell.experiment.run.steps for name, cell in self.training.items())
        return min(1.0, (len(self.results) + under_way) / self._expected)

    @property
    def left(self) -> float | None:
        """Seconds that are left at the speed so far; None until it is known."""
        fresh: float = self.share - self._known / self._expected
        return self.seconds * (1 - self.share) / fresh if fresh > 0.01 else None

    @property
    def _expected(self) -> int:
        return max(1, self.inquiry.expected(len(self.results) + len(self.training)))

    def start(self) -> Plan:
        """Hand over the first cells; returns the plan of them. Raises InvalidStudy where a cell fits nowhere."""
        self._began = time.monotonic()
        plan = pack(self.inquiry.wanted(self.results), self.scheduler.processes, self._memory)
        self._submit(plan)
        return plan

    def advance(self, timeout: float = 0.0) -> None:
        """Take in what has been told, waiting so many seconds at most, and hand over what is wanted next."""
        for told in self.scheduler.take(timeout):
            if told.job not in self._jobs:
                continue
            match told:
                case Working():
                    self._follow(told)
                case Finished():
                    self._take(told.result)
                case Worked():
                    self._end(told)
        if not self._jobs and not self.problem:
            self._submit(pack(self.inquiry.wanted(self.results), self.scheduler.processes, self._memory))

    def end(self) -> None:
        """Train nothing more; what is known stays."""
        if self.done:
            return
        self.problem = "It was ended before it was done."
        self._jobs.clear()
        self.training.clear()
        self.live.clear()
        self.scheduler.cancel()

    def drop(self, cells: Collection[str]) -> None:
        """Train these no further; they count as stopped where they are."""
        self.scheduler.drop([name for name in cells if name in self.training])

    def _submit(self, plan: Plan) -> None:
        for stack in plan.stacks:
            self._made += 1
            job = str(self._made)
            self._jobs[job] = stack
            self.training |= {cell.name: cell for cell in stack.cells}
            self.live |= {cell.name: [] for cell in stack.cells}
            self.scheduler.submit(_work(self.inquiry, job, stack))

    def _follow(self, told: Working) -> None:
        for name, loss, validation in told.cells:
            if name in self.training:
                self.live[name].append((told.step, loss, validation))
                self._steps[name] = told.step

    def _take(self, result: Result) -> None:
        if result.cell not in self.training:
            return
        del self.training[result.cell]
        self.live.pop(result.cell, None)
        self.results[result.cell] = result
        if result.status != "failed":
            self._keep(result)

    def _end(self, told: Worked) -> None:
        """A job is over: cells without a result failed, and where a job was refused the whole study is."""
        stack = self._jobs.pop(told.job)
        left = [cell.name for cell in stack.cells if cell.name in self.training]
        if told.refused:
            self.problem = told.problem
        for name in left:
            self._take(Result(cell=name, status="failed", problem=told.problem or "It was stopped."))


def _work(inquiry: Inquiry, job: str, stack: Stack) -> Work:
    points: dict[str, int] = {}
    for cell in stack.cells:
        points.setdefault(f"{cell.entrant} {sorted(cell.point.items())}", len(points))
    return Work(
        job=job,
        cells=tuple(
            Assigned(cell=cell.name, experiment=cell.experiment.tables(), part=cell.part, sweep=cell.sweep) for cell in stack.cells
        ),
        by=inquiry.by,
        points=tuple(points[f"{cell.entrant} {sorted(cell.point.items())}"] for cell in stack.cells),
        halve=inquiry.halved(stack.cells),
    )
