"""The lines that frame the Lab, in any width: what is told is told whole."""

from __future__ import annotations

import pytest

from gradtui.tui.widgets.lines import StatusLine, TopLine
from tests.tui.lab import Lab, shown, trained


@pytest.mark.parametrize("width", [60, 67, 72, 80, 86, 99, 100, 120, 200])
async def test_no_number_is_cut_and_the_steps_are_always_there(width: int) -> None:
    lab, wide = Lab(), Lab()
    async with wide.app.run_test(size=(200, 24)) as pilot:
        await trained(wide, pilot, 1240)
        words = shown(wide, StatusLine).split("  ")
    async with lab.app.run_test(size=(width, 24)) as pilot:
        await trained(lab, pilot, 1240)
        told = shown(lab, StatusLine).split("  ")
        assert told == words[: len(told)] and len(told) >= 3
        line = shown(lab, TopLine)
        assert "● training" in line and "step 1 240 of 5 000" in line
        assert "Sigmoid, 20 layers deep" in line or width < 80
        assert line.startswith(" gradtui ") or width < 80


async def test_what_has_little_room_is_left_out_and_nothing_comes_and_goes_with_the_numbers() -> None:
    lab = Lab()
    async with lab.app.run_test(size=(60, 24)) as pilot:
        before = shown(lab, StatusLine).split()[::2]
        await trained(lab, pilot, 1240)
        assert shown(lab, StatusLine).split()[::2] == before
