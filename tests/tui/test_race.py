"""The Race screen and the search for a rate, with schedulers that answer without training."""

from __future__ import annotations

import math
from collections.abc import Collection
from pathlib import Path

import pytest

from gradtui.core.experiments.experiment import Experiment, experiment
from gradtui.core.measured import protocol
from gradtui.core.measured.finding import Finding, Fix
from gradtui.core.measured.result import Result
from gradtui.core.measured.work import Assigned, Finished, Work, Worked, Working
from gradtui.core.presets.preset import Preset
from gradtui.tui.screens.race import RaceScreen
from gradtui.tui.screens.racing import RaceDialog
from gradtui.tui.screens.rate import RateScreen
from gradtui.worker import racing
from gradtui.worker.scheduler import Told
from tests.tui.lab import COMPACT, SIZE, Lab, picture, read, trained, until

PRESET = Preset(title="Moons", experiment=experiment({"task": {"name": "moons"}, "network": {"activation": "tanh"}}))


def loss_of(made: Experiment) -> float:
    """A loss that is least at each optimizer's own rate, and is none from a rate of 3 on."""
    rate = made.optimizer.learning_rate
    best = {"sgd": 0.3, "momentum": 0.1, "rmsprop": 0.003, "adam": 0.003}[made.optimizer.name]
    return (
        math.inf
        if rate > 3
        else 0.1 + 0.05 * (made.optimizer.name == "sgd") + math.log10(rate / best) ** 2 / 10 + made.run.seed / 1e4
    )


class Held:
    """A scheduler that tells how far its cells are, and their results once it is let go."""

    processes = 2

    def __init__(self, processes: int = 2) -> None:
        self.held, self.dropped, self.closed = True, set[str](), False
        self._jobs: list[Work] = []
        self._told: list[Told] = []

    def submit(self, job: Work) -> None:
        self._jobs.append(job)
        cells = tuple((cell.cell, 0.9, 0.5) for cell in job.cells)
        self._told.append(Working(job=job.job, step=100, cells=cells))

    def drop(self, cells: Collection[str]) -> None:
        self.dropped |= set(cells)

    def cancel(self) -> None:
        self._jobs.clear()

    def close(self) -> None:
        self.closed = True

    def take(self, timeout: float) -> list[Told]:
        told, self._told = self._told, []
        if not self.held:
            for job in self._jobs:
                told += [Finished(job=job.job, result=self._result(cell)) for cell in job.cells]
                told.append(Worked(job=job.job))
            self._jobs.clear()
        return told

    def _result(self, cell: Assigned) -> Result:
        made = experiment(cell.experiment)
        loss = loss_of(made)
        steps = range(1, 121)
        curve = tuple((step, 1 / step + loss, loss + 1 / step) for step in steps) if math.isfinite(loss) else ((1, 9.0, None),)
        return Result(
            cell=cell.cell,
            status="done" if math.isfinite(loss) else "diverged",
            step=2000,
            loss=loss,
            validation_loss=loss,
            test_loss=loss,
            guessing=0.7,
            optimizer_us=12.0,
            curve=curve,
        )


@pytest.fixture
def schedulers(monkeypatch: pytest.MonkeyPatch) -> list[Held]:
    made: list[Held] = []

    def pool(processes: int) -> Held:
        made.append(Held())
        return made[-1]

    monkeypatch.setattr(racing, "Pool", pool)
    return made


@pytest.fixture
def lab() -> Lab:
    return Lab(PRESET)


@pytest.mark.parametrize("size", [SIZE, COMPACT, (200, 60)])
async def test_c_and_enter_race_the_four_optimizers_until_the_verdict(lab, schedulers, size):
    async with lab.app.run_test(size=size) as pilot:
        await pilot.press("c")
        assert isinstance(lab.app.screen, RaceDialog)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(lab.app.screen, RaceScreen))
        await until(pilot, lambda: "racing" in picture(lab) and "searching" in picture(lab))
        schedulers[0].held = False
        await until(pilot, lambda: "done" in picture(lab).splitlines()[0])
        shown = picture(lab)
        for name in ("sgd", "momentum", "rmsprop", "adam"):
            assert name in shown
        assert "not told apart" in shown or "clearly better" in shown
        assert "4" in shown.split("Entrants")[0], "lines carry the numbers of their entrants"


async def test_the_race_goes_on_behind_the_lab_and_c_shows_it_again(lab, schedulers):
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.press("c", "enter")
        await until(pilot, lambda: isinstance(lab.app.screen, RaceScreen))
        await pilot.press("escape")
        assert lab.app.screen is lab.app.lab
        await pilot.press("c")
        await until(pilot, lambda: isinstance(lab.app.screen, RaceScreen))
        assert len(schedulers) == 1
        await pilot.press("escape")
        schedulers[0].held = False
        await until(pilot, lambda: lab.app.studies._racing.studying.done)
        assert len(lab.app.studies._racing.studying.results) == 4 * (15 * 2 + 8)
    assert schedulers[0].closed


async def test_points_are_listed_and_one_is_dropped_or_opened_or_taken(lab, schedulers):
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.press("c", "enter")
        await until(pilot, lambda: isinstance(lab.app.screen, RaceScreen) and "searching" in picture(lab))
        await pilot.press("v", "down", "x")
        await until(pilot, lambda: "2 cells are dropped" in picture(lab))
        assert len(schedulers[0].dropped) == 2
        schedulers[0].held = False
        await until(pilot, lambda: "done" in picture(lab).splitlines()[0])
        await pilot.press("v", "home", "a")
        await until(pilot, lambda: "Taken: " in picture(lab))
        best = lab.session.experiment
        assert best.optimizer.name != "sgd" and best.network.activation == "tanh" and best.run.seed == 0
        await pilot.press("escape", "u")
        assert lab.session.experiment == PRESET.experiment
        await pilot.press("c", "escape")
        lab.app.studies._show()
        await until(pilot, lambda: "momentum" in picture(lab) and isinstance(lab.app.screen, RaceScreen))
        await pilot.press("enter")
        await until(pilot, lambda: lab.app.screen is lab.app.lab)
        assert lab.session.experiment.run.seed == 2


async def test_what_is_done_is_kept_and_written_for_others(lab, schedulers):
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.press("c", "down", "enter")
        await until(pilot, lambda: isinstance(lab.app.screen, RaceScreen))
        schedulers[0].held = False
        await until(pilot, lambda: "done" in picture(lab).splitlines()[0])
        await pilot.press("w")
        await until(pilot, lambda: "cells.csv" in picture(lab).replace("\n", ""))
        folder: Path = lab.app.studies._kept.path
        assert (folder / "cells.jsonl").read_bytes().count(b"\n") == 32
        assert (folder / "export-1" / "losses.svg").exists()


async def test_a_race_that_is_ended_stays_with_what_is_known(lab, schedulers):
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.press("c", "enter")
        await until(pilot, lambda: isinstance(lab.app.screen, RaceScreen))
        await pilot.press("E")
        await until(pilot, lambda: "stopped" in picture(lab).splitlines()[0])


async def test_the_choices_of_the_value_under_the_cursor_can_race(lab, schedulers):
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.press("down", "down", "down", "c")
        assert "Which activation?" in picture(lab)
        await pilot.press("end", "enter")
        await until(pilot, lambda: isinstance(lab.app.screen, RaceScreen))
        assert lab.app.studies._racing.study.varied[0].key == "network.activation"


async def test_f_finds_a_rate_and_enter_takes_it(lab, schedulers):
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.press("F")
        await until(pilot, lambda: isinstance(lab.app.screen, RateScreen) and "24 rates on 3 seeds" in picture(lab))
        schedulers[0].held = False
        await until(pilot, lambda: "Learning rate 0." in picture(lab))
        shown = picture(lab)
        assert "suggested" in shown and "valley" in shown and "minimum / 10" in shown
        found = lab.app.screen.suggested
        await pilot.press("enter")
        await until(pilot, lambda: lab.app.screen is lab.app.lab)
        assert lab.session.experiment.optimizer.learning_rate == found
        await pilot.press("u")
        assert lab.session.experiment == PRESET.experiment


async def test_a_search_that_is_left_changes_nothing(lab, schedulers):
    async with lab.app.run_test(size=COMPACT) as pilot:
        await pilot.press("F")
        await until(pilot, lambda: isinstance(lab.app.screen, RateScreen))
        await pilot.press("enter", "escape")
        await until(pilot, lambda: lab.app.screen is lab.app.lab)
        assert lab.session.experiment == PRESET.experiment


async def test_a_rate_that_is_too_low_is_mended_by_one_that_is_found(lab, schedulers):
    async with lab.app.run_test(size=SIZE) as pilot:
        await trained(lab, pilot, 50)
        fix = Fix(title="A hundred times the rate", reason="so", set={"optimizer.learning_rate": 1.0})
        told = {"what": "It creeps", "evidence": "", "meaning": "", "source": ""}
        found = Finding(rule="learning-rate-too-low", severity="warning", step=20, fixes=(fix,), **told)
        lab.report(protocol.Diagnosed(run=lab.run, findings=(found,)))
        await pilot.press("f")
        assert "Find a rate by experiment" in picture(lab)
        await pilot.press("end", "enter")
        await until(pilot, lambda: isinstance(lab.app.screen, RateScreen) and "24 rates" in picture(lab))
        assert lab.session.run.step == 50, "the run is not touched"
        schedulers[0].held = False
        await until(pilot, lambda: "Learning rate 0." in picture(lab))
        rate = lab.app.screen.suggested
        await pilot.press("enter")
        await until(pilot, lambda: lab.app.screen is lab.app.lab)
        assert lab.session.experiment.optimizer.learning_rate == rate
        assert lab.session.before is not None and lab.session.before.step == 50


async def test_the_lesson_on_optimizers_races_and_tells_what_the_race_showed(lab, schedulers):
    async with lab.app.run_test(size=SIZE) as pilot:
        lab.app.opening.lessons("choose-optimizer")
        await until(pilot, lambda: "How do I choose an optimizer" in picture(lab))
        assert "None was made since the program started" in read(lab, "#words")
        await pilot.press("c")
        await until(pilot, lambda: isinstance(lab.app.screen, RaceDialog))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(lab.app.screen, RaceScreen))
        schedulers[0].held = False
        await until(pilot, lambda: "done" in picture(lab).splitlines()[0])
        await pilot.press("escape")
        lab.app.opening.lessons("choose-optimizer")
        await until(pilot, lambda: "How do I choose an optimizer" in picture(lab))
        told = read(lab, "#words")
        assert "Moons: " in told and "by validation loss on 8 seeds" in " ".join(told.split())


async def test_the_lesson_on_rates_finds_one_and_tells_it(lab, schedulers):
    async with lab.app.run_test(size=SIZE) as pilot:
        lab.app.opening.lessons("choose-learning-rate")
        await until(pilot, lambda: "How do I choose a learning rate" in picture(lab))
        await pilot.press("c")
        await until(pilot, lambda: isinstance(lab.app.screen, RateScreen))
        schedulers[0].held = False
        await until(pilot, lambda: "Learning rate 0." in picture(lab))
        await pilot.press("escape")
        lab.app.opening.lessons("choose-learning-rate")
        await until(pilot, lambda: "How do I choose a learning rate" in picture(lab))
        assert "Moons: learning rate 0." in " ".join(read(lab, "#words").split())
