"""A panel that has the room of all."""

from __future__ import annotations

import pytest

from gradtui.core.text import exact
from gradtui.tui.widgets.lines import KeyLine, StatusLine, TopLine
from tests.tui.lab import COMPACT, SIZE, Lab, shown


@pytest.fixture
def lab() -> Lab:
    return Lab()


async def test_a_zoomed_panel_leaves_the_lines_that_frame_the_screen(lab: Lab) -> None:
    async with lab.app.run_test(size=SIZE) as pilot:
        for panel, name in (("5", "#loss"), ("1", "#network")):
            await pilot.press(panel, "z")
            await pilot.pause()
            top, zoomed, status, keys = (lab.app.lab.query_one(widget).region for widget in (TopLine, name, StatusLine, KeyLine))
            assert (top.y, zoomed.y, status.y, keys.y) == (0, 1, SIZE[1] - 2, SIZE[1] - 1)
            assert zoomed.width == SIZE[0] and zoomed.bottom <= status.y
            assert "esc Back" in shown(lab, KeyLine)
            await pilot.press("escape")
            await pilot.pause()
            assert "esc Back" not in shown(lab, KeyLine) and lab.app.lab.maximized is None


@pytest.mark.parametrize("size", [COMPACT, (100, 30), SIZE, (200, 60)])
@pytest.mark.parametrize("panel", ["1", "2", "3"])
async def test_a_zoomed_form_tells_what_each_value_means_may_be_and_is_by_default(size: tuple[int, int], panel: str) -> None:
    lab = Lab()
    async with lab.app.run_test(size=size) as pilot:
        await pilot.press(panel, "home", "z")
        await pilot.pause()
        form = lab.app.focused
        text = shown(lab, f"#{form.id}")
        head, *rows = text.splitlines()
        assert head.split()[:3] == ["value", "default", "allowed"]
        for field in form._fields:
            (row,) = [row for row in rows if row[1:].startswith(f"{field.parameter.title}  ")]
            assert exact(field.value) in row and exact(field.parameter.default) in row
            bounds = field.parameter.allowed.split("number")[-1].lstrip("s, ").strip()
            assert field.parameter.type in (str, bool) or bounds in row
        told = [field for field in form._fields if in_order(field.parameter.help, text)]
        assert told == form._fields if size[0] >= SIZE[0] else form._fields[0] in told


def in_order(words: str, text: str) -> bool:
    """Whether the words stand in a column of the text, one after another."""
    at = 0
    for word in words.split():
        at = text.find(word, at)
        if at < 0:
            return False
    return True


async def test_another_panel_is_zoomed_by_its_number_while_one_is(lab: Lab) -> None:
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.press("4", "z")
        await pilot.pause()
        for number, name in (("5", "loss"), ("7", "notes"), ("1", "network"), ("6", "heatmap")):
            await pilot.press(number)
            await pilot.pause()
            assert lab.app.lab.maximized is lab.app.focused and lab.app.focused.id == name


async def test_tab_goes_through_what_can_be_seen_only(lab: Lab) -> None:
    for size in (COMPACT, SIZE, (200, 60)):
        lab = Lab()
        async with lab.app.run_test(size=size) as pilot:
            await pilot.pause()
            first, seen = lab.app.focused, set()
            while lab.app.focused.id not in seen:
                seen.add(lab.app.focused.id)
                assert lab.app.focused.region
                await pilot.press("tab")
            assert lab.app.focused is first
            assert {"gradients", "loss", "notes"} <= seen and (("heatmap" in seen) == (size[0] == 200))
