"""Presets saved to other machines, through Pilot."""

from __future__ import annotations

from textual.widgets import Input

from gradtui.core.presets.saving import Unsaved
from gradtui.tui.screens.save import SaveScreen
from tests.tui.lab import SIZE, until
from tests.tui.test_elsewhere import BOX, FAR, failed, made, said, shown


async def test_what_came_over_ssh_is_saved_back_there():
    lab = made(Unsaved("It has changed since."), BOX, preset=FAR)
    async with lab.app.run_test(size=SIZE) as pilot:
        lab.session.change({"optimizer.learning_rate": 0.5})
        await pilot.press("w")
        assert lab.app.screen.query_one("#place", Input).value == BOX and "/labs/deep.toml on box" in said(lab)
        await pilot.press("enter")
        await failed(lab, pilot)
        await pilot.press("escape")
        await shown(lab, pilot, SaveScreen)
        await pilot.press("enter")
        await until(pilot, lambda: lab.app.screen is lab.app.lab)
        preset, address = lab.app.opening.machines.asked[1]
        assert address == BOX and preset.origin == FAR.origin and preset.experiment.optimizer.learning_rate == 0.5
        assert lab.session.preset.origin.text == preset.toml()


async def test_a_bad_address_is_not_saved_to():
    lab = made(preset=FAR)
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.press("w")
        lab.app.screen.query_one("#place", Input).value = "ssh://-x/y"
        await pilot.press("enter")
        await pilot.pause()
        assert type(lab.app.screen) is SaveScreen and "is refused" in said(lab)
