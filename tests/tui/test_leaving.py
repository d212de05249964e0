"""A run that is not over is not left without a word."""

from __future__ import annotations

import pytest

from gradtui.core.measured import protocol
from gradtui.tui.screens.leaving import LeavingDialog
from tests.tui.lab import SIZE, Lab, picture, trained


@pytest.mark.parametrize("paused", [False, True])
@pytest.mark.parametrize("key", ["q", "ctrl+c", "enter"])
async def test_a_run_that_goes_on_is_asked_about(paused: bool, key: str) -> None:
    lab = Lab()
    async with lab.app.run_test(size=SIZE) as pilot:
        await trained(lab, pilot, 20)
        if paused:
            lab.report(protocol.Paused(run=lab.run, step=20))
        await pilot.press("q")
        assert isinstance(lab.app.screen, LeavingDialog) and "step 20 of 5 000" in picture(lab)
        await pilot.press("escape")
        await pilot.pause()
        assert lab.app.screen is lab.app.lab and lab.app.is_running
        await pilot.press("q", key)
        await pilot.pause()
        assert lab.app.return_code == 0


@pytest.mark.parametrize("ended", [False, True])
async def test_nothing_is_asked_where_nothing_is_lost(ended: bool) -> None:
    lab = Lab()
    async with lab.app.run_test(size=SIZE) as pilot:
        if ended:
            await trained(lab, pilot, 20)
            lab.report(protocol.Ended(run=lab.run, status="done", step=20))
        await pilot.press("q")
        await pilot.pause()
        assert lab.app.return_code == 0
