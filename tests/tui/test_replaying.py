"""The Lab at an earlier moment of a run: every panel shows it, and any key that steers the run shows it as it is."""

from __future__ import annotations

from pathlib import Path

from gradtui.core.measured.protocol import Diagnosed, Ended
from tests.tui.lab import SIZE, Lab, finding, picture, until
from tests.tui.test_runs import listed, record


async def opened(pilot, lab: Lab, place: Path) -> None:
    """A recorded run in the Lab, its loss in focus."""
    told = finding("vanishing-gradients", "layer", ("1", "2"))
    record(
        place,
        "Left",
        0.1,
        0,
        Diagnosed(run=0, findings=(told.model_copy(update={"step": 30}),)),
        Ended(run=0, step=30, status="done"),
    )
    await pilot.press("R")
    await listed(pilot, lab, "Left")
    await pilot.press("enter", "5")
    await until(pilot, lambda: lab.app.lab.is_current)


async def test_every_panel_goes_back_with_the_time_and_comes_on_again(tmp_path: Path) -> None:
    lab = Lab(runs=tmp_path)
    async with lab.app.run_test(size=(200, 60)) as pilot:
        await opened(pilot, lab, tmp_path)
        assert "Gradients vanish" in picture(lab)
        await pilot.press("left")
        await until(pilot, lambda: "The run at step 20." in picture(lab))
        assert lab.session.shown.step == 20 and "◀ earlier" in picture(lab) and "Gradients vanish" not in picture(lab)
        assert "loss 0.150" in " ".join(picture(lab).split())
        await pilot.press("home")
        assert lab.session.shown.step == 10
        await pilot.press("left")
        assert lab.session.shown.step == 10
        await pilot.press("n", "left", "right", "right")
        assert lab.session.moment is None and lab.session.shown.step == 30
        await until(pilot, lambda: "✓ done" in picture(lab))


async def test_escape_and_what_steers_the_run_show_it_as_it_is(tmp_path: Path) -> None:
    lab = Lab(runs=tmp_path)
    async with lab.app.run_test(size=SIZE) as pilot:
        await opened(pilot, lab, tmp_path)
        await pilot.press("left", "escape")
        assert lab.session.moment is None
        await pilot.press("left")
        assert lab.session.moment is not None
        await pilot.press("space")
        assert lab.session.moment is None and lab.backend.commands[-1].type == "continue"


async def test_a_run_that_is_not_recorded_has_no_earlier_moments() -> None:
    lab = Lab()
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.press("space")
        lab.start()
        lab.train(50)
        await pilot.press("5", "left")
        await until(pilot, lambda: "This run is not recorded" in picture(lab))
