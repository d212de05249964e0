"""One cursor, where the keys go; a click marks, and a second one opens."""

from __future__ import annotations

import random
import re

import pytest
from textual.widgets import OptionList

from gradtui.catalog.optimizers import OPTIMIZERS
from gradtui.core.presets.collection import listed
from gradtui.tui.screens.editor import Editor
from gradtui.tui.widgets.choices import Choices
from gradtui.tui.widgets.form import Form
from tests.tui.lab import COMPACT, SIZE, Lab, picture, trained

KEYS = [*"12345", "tab", "shift+tab", "up", "down", "left", "right", "home", "end", "g", "z"]


@pytest.mark.parametrize("size", [SIZE, COMPACT, (200, 60)])
@pytest.mark.parametrize("training", [False, True])
async def test_the_cursor_shows_where_the_focus_is_and_nowhere_else(training: bool, size: tuple[int, int]) -> None:
    lab, draw, pressed = Lab(), random.Random(0), list[str]()
    async with lab.app.run_test(size=size) as pilot:
        if training:
            await trained(lab, pilot, 20)
        for _ in range(60):
            pressed.append(draw.choice(KEYS))
            await pilot.press(pressed[-1])
            await pilot.pause()
            focused = lab.app.focused
            cursors = [line for line in picture(lab).splitlines() if "│›" in line]
            assert len(cursors) == isinstance(focused, Form), pressed
            if isinstance(focused, Form):
                assert focused._fields[focused._cursor].parameter.title in cursors[0]


async def test_a_click_in_a_form_marks_and_a_second_one_edits() -> None:
    lab = Lab()
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.click("#optimizer", offset=(5, 2))
        await pilot.pause()
        assert "›learning rate" in picture(lab) and lab.app.screen is lab.app.lab
        await pilot.click("#optimizer", offset=(5, 2))
        await pilot.pause()
        assert isinstance(lab.app.screen, Editor)


@pytest.mark.parametrize("key", ["p", "e"])
async def test_a_click_in_a_list_marks_and_a_second_one_opens(key: str) -> None:
    lab = Lab()
    async with lab.app.run_test(size=SIZE) as pilot:
        await trained(lab, pilot, 20)
        run = lab.session.run.history
        await pilot.press(key)
        await pilot.pause()
        choices = lab.app.screen.query_one(OptionList)
        await pilot.click(OptionList, offset=(6, 4))
        await pilot.pause()
        assert choices.highlighted_option is choices.options[4] and lab.session.run.history is run
        await pilot.click(OptionList, offset=(6, 3))
        await pilot.pause()
        assert choices.highlighted_option is choices.options[3] and lab.session.run.history is run
        await pilot.click(OptionList, offset=(6, 3))
        await pilot.pause(0.1)
        assert lab.app.screen is lab.app.lab and lab.session.run.history is not run


@pytest.mark.parametrize(("key", "typed"), [("2", "ada"), ("2", "rm"), ("1", "tr")])
async def test_letters_go_to_the_line_that_they_begin(key: str, typed: str) -> None:
    lab = Lab()
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.press(key, "enter", *typed)
        await pilot.pause()
        highlighted = lab.app.screen.query_one(OptionList).highlighted_option
        assert highlighted is not None and str(highlighted.id).startswith(typed)


@pytest.mark.parametrize("size", [COMPACT, SIZE, (200, 60)])
async def test_descriptions_are_whole(size: tuple[int, int]) -> None:
    lab = Lab()
    async with lab.app.run_test(size=size) as pilot:
        lab.app.lab.point("optimizer.name", edit=True)
        await pilot.pause()
        for name, entry in OPTIMIZERS.items():
            lab.app.screen.query_one(Choices).mark(name)
            await pilot.pause()
            seen = " ".join(re.sub(r"[│╭╮╰╯─▁▂▃▄▅▆▇█]", " ", picture(lab)).split())
            assert all(word in seen for word in entry.summary.split()), name


async def test_the_open_preset_is_where_the_list_starts() -> None:
    entry = next(entry for entry in listed() if entry.name == "glorot-tanh")
    assert entry.preset is not None
    lab = Lab(entry.preset)
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.press("p")
        await pilot.pause()
        highlighted = lab.app.screen.query_one(OptionList).highlighted_option
        assert highlighted is not None and highlighted.id == "glorot-tanh"
