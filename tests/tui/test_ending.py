"""How long a run still takes, and what is said of it when it is done."""

from __future__ import annotations

import pytest

from gradtui.core.measured import protocol
from gradtui.tui.widgets.lines import TopLine
from gradtui.tui.widgets.notes import Notes
from tests.tui.lab import COMPACT, PRESET, SIZE, Lab, finding, shown, trained


def done(lab: Lab, **told: object) -> protocol.Ended:
    measured = {"validation_loss": 0.75, "accuracy": 0.9, "validation_accuracy": 0.875} | told
    return protocol.Ended(run=lab.run, status="done", step=lab.session.run.step, **measured)


async def test_the_time_that_is_left_stands_while_it_trains_and_nothing_moves_when_it_goes() -> None:
    lab = Lab()
    async with lab.app.run_test(size=SIZE) as pilot:
        lab.ready()
        before = shown(lab, TopLine)
        await pilot.press("space")
        lab.start()
        lab.train(600)
        line = shown(lab, TopLine)
        assert f" {round((5000 - 600) / 1105)} s left " in line, "4400 steps at 1105 a second"
        assert line.index("─") <= before.rindex("─") and line.index("%") == before.index("%")
        lab.report(protocol.Paused(run=lab.run, step=600))
        assert "left" not in shown(lab, TopLine) and shown(lab, TopLine).index("%") == before.index("%")


@pytest.mark.parametrize("size", [COMPACT, SIZE, (200, 60)])
async def test_a_run_that_is_done_is_summed_up(size: tuple[int, int]) -> None:
    lab = Lab(PRESET.model_copy(update={"experiment": PRESET.experiment.changed({"run.steps": 100})}))
    async with lab.app.run_test(size=size) as pilot:
        await trained(lab, pilot, 100)
        lab.report(done(lab))
        said = " ".join(shown(lab, Notes).split())
        assert "✓ Done, 100 steps: the loss was 2.09 at first and is 1.47" in said
        await pilot.press("7", "enter")
        await pilot.pause()
        said = " ".join(shown(lab, Notes).split())
        assert "On validation samples it is 0.750, with an accuracy of 0.875." in said and "lowest of all steps was 1.46" in said
        assert "Space trains on" in said and "A sigmoid's slope" in said


async def test_what_is_wrong_comes_before_the_summary() -> None:
    lab = Lab()
    async with lab.app.run_test(size=SIZE) as pilot:
        await trained(lab, pilot, 100)
        lab.report(protocol.Diagnosed(run=lab.run, findings=(finding("vanishing-gradients", "layer", ("1",)),)), done(lab))
        said = shown(lab, Notes)
        assert said.index("Gradients vanish") < said.index("✓ Done")


async def test_a_run_of_other_numbers_is_summed_up_without_what_was_not_measured() -> None:
    lab = Lab()
    async with lab.app.run_test(size=SIZE) as pilot:
        await trained(lab, pilot, 20)
        lab.report(done(lab, validation_loss=None, accuracy=None, validation_accuracy=None))
        said = shown(lab, Notes)
        assert "✓ Done" in said and "validation samples" not in said and "guessing" not in said
