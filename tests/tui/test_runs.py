"""The list of recorded runs: searched, sorted, written on, deleted and brought back, and opened in the Lab as they were."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from textual.widgets import Input

from gradtui.core.experiments.experiment import experiment
from gradtui.core.measured.protocol import Changed, Ended, Report, Sampled, Started
from gradtui.runs import folder, listing
from gradtui.runs.about import About
from gradtui.tui.screens.runs import RunsScreen
from gradtui.tui.widgets.choices import Choices
from tests.tui.lab import SIZE, Lab, frame, picture, read, until

DEPTH = 4
TABLES = experiment({"network": {"depth": DEPTH}, "run": {"steps": 30, "device": "cpu"}}).tables()


def record(place: Path, title: str, loss: float, ago: int, *more: Report, steps: tuple[int, ...] = (10, 20, 30)) -> Path:
    """A run that came to this loss."""
    about = About(
        title=title,
        preset="",
        experiment=TABLES,
        began=datetime.now(UTC) - timedelta(seconds=ago),
        environment={},
        data="",
    )
    opened = folder.create(place, about)
    layers = (*map(str, range(1, DEPTH + 1)), "out")
    reports: list[Report] = [Started(run=0, device="cpu", weights=99, layers=layers, predicted=((None,) * (DEPTH + 1),))]
    reports += [Sampled(run=0, frame=frame(step, 0.5, DEPTH, loss * steps[-1] / step)) for step in steps]
    opened.log.append(*(report.model_dump_json().encode() for report in (*reports, *more)))
    opened.log.close()
    opened.close()
    return opened.path


@pytest.fixture
def place(tmp_path: Path) -> Path:
    record(tmp_path, "Sigmoid", 0.5, 90)
    record(tmp_path, "ReLU", 0.25, 60, Ended(run=0, step=30, status="done"))
    record(tmp_path, "Tanh", 0.75, 30, Ended(run=0, step=30, status="stopped"))
    return tmp_path


async def listed(pilot, lab: Lab, *titles: str) -> None:
    """Wait until these runs are listed, in this order."""
    await until(pilot, lambda: isinstance(lab.app.screen, RunsScreen) and shown(lab) == list(titles))


def shown(lab: Lab) -> list[str]:
    options = lab.app.screen.query_one(Choices).options
    return [str(option.prompt).split("  ")[-1].strip() for option in options if option.id]


async def test_the_newest_stands_first_and_orders_follow_one_another(place: Path) -> None:
    lab = Lab(runs=place)
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.press("R")
        await listed(pilot, lab, "Tanh", "ReLU", "Sigmoid")
        assert "Stopped at step 30 of 30" in read(lab, "#words")
        for titles in (("ReLU", "Sigmoid", "Tanh"), ("Tanh", "ReLU", "Sigmoid"), ("Tanh", "ReLU", "Sigmoid")):
            await pilot.press("s")
            await listed(pilot, lab, *titles)
        await pilot.press("s")
        await listed(pilot, lab, "ReLU", "Sigmoid", "Tanh")
        assert "Runs by title" in picture(lab)


async def test_words_and_conditions_narrow_the_list_and_a_mistake_is_told(place: Path) -> None:
    lab = Lab(runs=place)
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.press("R")
        await listed(pilot, lab, "Tanh", "ReLU", "Sigmoid")
        await pilot.press("slash")
        search = lab.app.screen.query_one(Input)
        for words, titles in (
            ("loss>=0.5", ["Tanh", "Sigmoid"]),
            ("state=done", ["ReLU"]),
            ("depth=4 tan", ["Tanh"]),
            ("none", []),
        ):
            search.value = words
            await pilot.pause()
            assert shown(lab) == titles
        search.value = "los<1"
        await pilot.pause()
        assert "Did you mean loss?" in picture(lab)


async def test_names_tags_and_notes_are_written(place: Path) -> None:
    lab = Lab(runs=place)
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.press("R")
        await listed(pilot, lab, "Tanh", "ReLU", "Sigmoid")
        await pilot.press("down", "n", *["backspace"] * 4, *"best", "enter")
        await listed(pilot, lab, "Tanh", "best", "Sigmoid")
        await pilot.press("t", *"a b", "enter", "m", *"why", "enter")
        await until(pilot, lambda: "why" in read(lab, "#words"))
        found = next(run for run in listing.listed(place) if run.title == "best")
        assert (found.tags, found.note, found.loss) == (("a", "b"), "why", 0.25)


async def test_a_deleted_run_comes_back(place: Path) -> None:
    lab = Lab(runs=place)
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.press("R")
        await listed(pilot, lab, "Tanh", "ReLU", "Sigmoid")
        await pilot.press("down", "x")
        await listed(pilot, lab, "Tanh", "Sigmoid")
        assert "u brings it back" in picture(lab) and len(listing.listed(place)) == 2
        await pilot.press("x")
        await listed(pilot, lab, "Tanh")
        await pilot.press("x", "x")
        await listed(pilot, lab)
        await pilot.press("u", "u", "u")
        await listed(pilot, lab, "Tanh", "ReLU", "Sigmoid")
        await pilot.press("u")
        await until(pilot, lambda: "Nothing was deleted" in picture(lab))


async def test_a_run_opens_in_the_lab_as_it_was_and_undo_brings_the_other_back(place: Path) -> None:
    changed = Changed(run=0, step=20, key="optimizer.learning_rate", value=0.5)
    record(place, "Rate", 0.1, 0, changed, Ended(run=0, step=30, status="done"))
    lab = Lab(runs=place)
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.press("space")
        lab.start()
        lab.train(100)
        await pilot.press("R")
        await listed(pilot, lab, "Rate", "Tanh", "ReLU", "Sigmoid")
        await pilot.press("enter")
        await until(pilot, lambda: lab.app.lab.is_current)
        run = lab.session.run
        assert run.step == 30 and run.history.loss.last[-1, 0] == 0.1 and not lab.session.stale
        assert lab.session.experiment.optimizer.learning_rate == 0.5 and lab.session.preset.title == "Rate"
        await pilot.press("u")
        assert lab.session.run.step == 100


async def test_what_cannot_be_read_is_listed_and_stays_closed(place: Path) -> None:
    (place / "zzz").mkdir()
    lab = Lab(runs=place)
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.press("R")
        await listed(pilot, lab, "Tanh", "ReLU", "Sigmoid", "zzz")
        await pilot.press("end", "enter", "n")
        assert isinstance(lab.app.screen, RunsScreen) and "Unreadable." in read(lab, "#words")


async def test_no_runs(tmp_path: Path) -> None:
    lab = Lab(runs=tmp_path)
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.press("R")
        await until(pilot, lambda: "No run is recorded here." in picture(lab))
        await pilot.press("x", "n", "enter", "s", "escape")
        await until(pilot, lambda: lab.app.lab.is_current)


async def test_a_new_start_offers_the_run_before_it_and_space_goes_on_with_one_that_was_left(place: Path) -> None:
    record(place, "Left", 0.1, 0, steps=(10, 20))
    lab = Lab(runs=place)
    async with lab.app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "the last was Left, interrupted" in picture(lab))
        assert lab.session.last == "Left, interrupted at step 20 of 30"
        await pilot.press("R")
        await listed(pilot, lab, "Left", "Tanh", "ReLU", "Sigmoid")
        await pilot.press("enter")
        await until(pilot, lambda: "Space goes on with it." in picture(lab))
        await pilot.press("space")
        command = lab.backend.commands[-1]
        assert command.type == "continue" and Path(command.folder).name == listing.listed(place)[0].id


async def test_marked_runs_stand_side_by_side(place: Path) -> None:
    lab = Lab(runs=place)
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.press("R")
        await listed(pilot, lab, "Tanh", "ReLU", "Sigmoid")
        await pilot.press("v")
        await until(pilot, lambda: "Mark two to 8 runs" in picture(lab))
        await pilot.press("c", "down", "v")
        await until(pilot, lambda: "2 runs compared" in picture(lab))
        told = read(lab, "#words")
        assert "1 Tanh" in told and "2 ReLU" in told and "Nothing: they are of one experiment." in told
        assert "Their losses differ from step 10 on" in told
        await pilot.press("v")
        await until(pilot, lambda: "Nothing is known yet" in picture(lab))
        await pilot.press("escape")
        await listed(pilot, lab, "Tanh", "ReLU", "Sigmoid")
        assert "=" in str(lab.app.screen.query_one(Choices).options[0].prompt)


async def test_a_run_that_was_named_at_the_start_is_shown(place: Path) -> None:
    lab = Lab(runs=place, shows=place / listing.listed(place)[0].id)
    async with lab.app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "as it was recorded" in picture(lab))
        assert lab.session.preset.title == "Tanh" and lab.session.run.step == 30
