"""Small studies, and schedulers that answer without training."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

from gradtui.core.experiments.experiment import experiment
from gradtui.core.measured.result import Result
from gradtui.core.measured.work import Finished, Work, Worked
from gradtui.study.inquiry import race
from gradtui.study.study import Study, study
from gradtui.study.vary import varied
from gradtui.worker.scheduler import Scheduler, Told
from gradtui.worker.studying import Studying

DEADLINE = 120
SMALL = experiment({"network": {"depth": 1, "width": 4}, "task": {"name": "moons", "samples": 64}, "run": {"steps": 40}})


def small(*texts: str, seeds: int = 2, **more: object) -> Study:
    """A study that trains in no time: entrants as they come, unless rates are varied."""
    chosen = varied(texts or ("optimizer.name=sgd,adam",), SMALL)
    return study(SMALL, chosen, as_they_come=not any("learning_rate" in text for text in texts), seeds=seeds, **more)  # type: ignore[arg-type]


def begin(studying: Studying) -> None:
    """Start a study, and drive it until something of it is under way."""
    studying.start()
    last = time.monotonic() + DEADLINE
    while not any(studying.live.values()):
        assert time.monotonic() < last, "the study never began"
        studying.advance(0.2)


def drive(studying: Studying) -> Studying:
    """Drive a study that was started to its end."""
    last = time.monotonic() + DEADLINE
    while not studying.done and not studying.problem:
        assert time.monotonic() < last, "the study never ended"
        studying.advance(0.5)
    return studying


def finish(studying: Studying) -> Studying:
    """Drive a study from its start to its end."""
    studying.start()
    return drive(studying)


def raced(scheduler: Scheduler, made: Study | None = None, **known: object) -> Studying:
    """A study that was driven to its end."""
    try:
        return finish(Studying(race(made or small()), scheduler, 1 << 30, **known))  # type: ignore[arg-type]
    finally:
        scheduler.close()


class Answering:
    """A scheduler whose jobs are answered at once."""

    processes = 2

    def __init__(self, answer: Callable[[str], Result | None]) -> None:
        self.jobs: list[Work] = []
        self._answer, self._told = answer, list[Told]()

    def submit(self, job: Work) -> None:
        self.jobs.append(job)
        for cell in job.cells:
            if (result := self._answer(cell.cell)) is not None:
                self._told.append(Finished(job=job.job, result=result))
        self._told.append(Worked(job=job.job, problem="it broke"))

    def drop(self, cells: Collection[str]) -> None:
        pass

    def take(self, timeout: float) -> list[Told]:
        told, self._told = self._told, []
        return told

    def cancel(self) -> None:
        self._told = []

    def close(self) -> None:
        pass
