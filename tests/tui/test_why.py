"""The search for the cause in the Lab: suspects as they come, the sentence in the end, and the one that is tried."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gradtui.core.experiments.experiment import experiment
from gradtui.core.measured.protocol import Start
from gradtui.core.measured.result import Result
from gradtui.core.measured.work import Assigned, Finished, Work, Worked
from gradtui.core.memory import available_memory
from gradtui.core.presets.preset import Preset
from gradtui.study import inquiry
from gradtui.study.question import Question
from gradtui.tui.screens.why import WhyScreen
from gradtui.tui.widgets.choices import Choices
from gradtui.worker import racing
from gradtui.worker.racing import Asking
from gradtui.worker.studying import Studying
from tests.tui.lab import SIZE, Lab, picture, until
from tests.worker.studies import Answering

SPOILED = Preset(
    title="Decays",
    experiment=experiment({"network": {"depth": 2}, "optimizer": {"name": "sgd", "weight_decay": 0.3}, "run": {"steps": 100}}),
)


class Held(Answering):
    """A scheduler that answers its jobs when it is told to."""

    def __init__(self) -> None:
        super().__init__(lambda cell: None)
        self.cancelled, self._result = False, None

    def submit(self, job: Work) -> None:
        self.jobs.append(job)
        if self._result is not None:
            self._do(job)

    def answer(self, result: Callable[[Assigned], Result]) -> None:
        self._result = result
        for job in self.jobs:
            self._do(job)

    def _do(self, job: Work) -> None:
        self._told += [*(Finished(job=job.job, result=self._result(cell)) for cell in job.cells), Worked(job=job.job)]

    def cancel(self) -> None:
        super().cancel()
        self.cancelled = True


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Held]:
    """A scheduler that is told what to tell, in place of a pool."""
    made: list[Held] = []

    def ask(title: str, question: Question) -> Asking:
        made.append(Held())
        studying = Studying(inquiry.cause(question), made[-1], available_memory())
        studying.start()
        return Asking(title, question, studying)

    monkeypatch.setattr(racing, "ask", ask)
    return made


async def test_the_cause_is_named_and_tried(asked: list[Held]) -> None:
    lab = Lab(SPOILED)
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.press("D")
        await until(pilot, lambda: isinstance(lab.app.screen, WhyScreen))
        assert "suspects" in picture(lab)

        def result(cell: Assigned) -> Result:
            decays = cell.experiment["optimizer"].get("weight_decay")
            return Result(
                cell=cell.cell, status="done", loss=1.0, validation_loss=0.1 if decays == 0 else 1.0, guessing=1.1, seconds=0.1
            )

        asked[0].answer(result)
        await until(pilot, lambda: "weight decay 0.3 is the cause" in picture(lab))
        assert lab.app.screen.query_one(Choices).marked == "0"
        assert "optimizer.weight_decay 0" in str(lab.app.screen.query_one(Choices).options[0].prompt)
        await pilot.press("enter")
        await until(pilot, lambda: lab.app.lab.is_current)
        assert isinstance(lab.backend.commands[-1], Start)
        assert lab.session.experiment.optimizer.weight_decay == 0.0


async def test_going_back_ends_the_search(asked: list[Held]) -> None:
    lab = Lab(SPOILED)
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.press("D")
        await until(pilot, lambda: isinstance(lab.app.screen, WhyScreen))
        await pilot.press("escape")
        await until(pilot, lambda: lab.app.lab.is_current)
        assert asked[0].cancelled and lab.session.experiment == SPOILED.experiment
