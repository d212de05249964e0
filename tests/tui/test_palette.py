"""The palette finds everything by any of its words, and shows themes while they are marked."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from gradtui.lessons.page import pages
from gradtui.tui.screens.editor import NumberEditor
from gradtui.tui.screens.help import HelpScreen
from gradtui.tui.screens.lesson import LessonScreen
from gradtui.tui.widgets.choices import Choices
from gradtui.tui.widgets.form import fields
from tests.tui.lab import COMPACT, SIZE, Lab, picture, read


@pytest.fixture
def lab() -> Lab:
    return Lab()


async def ask(pilot, words: str) -> list[str]:
    """What the palette lists for some words."""
    await pilot.press("ctrl+p")
    await pilot.pause()
    pilot.app.screen.query_one(Input).value = words
    await pilot.pause()
    choices = pilot.app.screen.query_one(Choices)
    return [str(option.prompt).partition("\n")[0] for option in choices.options]


@pytest.mark.parametrize("words", ["adam", "ADAM", "kingma"])
async def test_an_optimizer_is_found_by_its_name_and_its_author_and_used(lab: Lab, words: str) -> None:
    async with lab.app.run_test(size=SIZE) as pilot:
        assert "Optimizer: Set optimizer to adam" in await ask(pilot, words)
        pilot.app.screen.query_one(Input).value = "set optimizer adam"
        await pilot.press("enter")
        await pilot.pause()
        assert lab.session.experiment.optimizer.name == "adam"


async def test_what_is_named_by_the_words_comes_before_what_only_speaks_of_them(lab: Lab) -> None:
    async with lab.app.run_test(size=SIZE) as pilot:
        found = await ask(pilot, "lear")
        named = ["lear" in name.lower() for name in found]
        assert named == sorted(named, reverse=True) and any(named) and not all(named)
        assert "Optimizer: Change learning rate" in found and "Lessons: How do I choose a learning rate?" in found


async def test_every_value_and_every_lesson_is_there(lab: Lab) -> None:
    async with lab.app.run_test(size=SIZE) as pilot:
        found = await ask(pilot, "")
        for table in ("network", "optimizer", "schedule", "clip", "task", "run"):
            for field in fields(lab.session.experiment, table):
                assert any(name.endswith(f": Change {field.parameter.title}") for name in found), field.key
        for page in pages().values():
            assert f"Lessons: {page.title}" in found


@pytest.mark.parametrize("size", [SIZE, COMPACT])
async def test_a_value_that_was_found_is_edited_where_it_stands(lab: Lab, size: tuple[int, int]) -> None:
    async with lab.app.run_test(size=size) as pilot:
        await ask(pilot, "change learning rate")
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(lab.app.screen, NumberEditor)
        await pilot.press(*"0.5", "enter")
        await pilot.pause()
        assert lab.session.experiment.optimizer.learning_rate == 0.5
        assert lab.app.focused is not None and lab.app.focused.id == "optimizer" and "›learning rate" in picture(lab)


async def test_on_or_off_is_gone_to_and_not_changed(lab: Lab) -> None:
    async with lab.app.run_test(size=SIZE) as pilot:
        await ask(pilot, "change residual")
        await pilot.press("enter")
        await pilot.pause()
        assert "›residual" in picture(lab) and lab.session.experiment.network.values()["residual"] is False


async def test_a_lesson_opens_at_its_page(lab: Lab) -> None:
    async with lab.app.run_test(size=SIZE) as pilot:
        await ask(pilot, "what does clipping do")
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(lab.app.screen, LessonScreen)
        assert lab.app.screen.query_one(Choices).marked == "what-clipping-does"


async def test_a_theme_shows_while_it_is_marked_and_stays_when_it_is_taken(lab: Lab) -> None:
    async with lab.app.run_test(size=SIZE) as pilot:
        before = lab.app.theme
        assert sum(name.endswith("as now") for name in await ask(pilot, "theme use")) == 1
        await pilot.press("down")
        await pilot.pause()
        shown = lab.app.theme
        assert shown != before
        await pilot.press("escape")
        await pilot.pause()
        assert lab.app.theme == before
        await ask(pilot, f"theme use {shown}")
        pilot.app.screen.query_one(Input).value = "rewind"
        await pilot.pause()
        assert lab.app.theme == before
        pilot.app.screen.query_one(Input).value = f"theme use {shown}"
        await pilot.press("enter")
        await pilot.pause()
        assert lab.app.theme == shown


async def test_the_help_leaves_the_lines_that_hold_the_words(lab: Lab) -> None:
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.press("question_mark")
        whole = read(lab, "#words")
        await pilot.press("slash", *"rate LEARN")
        await pilot.pause()
        lines = [line for line in read(lab, "#words").splitlines() if line.startswith("  ")]
        assert lines and all("rate" in line.lower() and "learn" in line.lower() for line in lines)
        await pilot.press(*"q")
        await pilot.pause()
        assert "No line holds these words." in read(lab, "#words") and isinstance(lab.app.screen, HelpScreen)
        lab.app.screen.query_one(Input).value = ""
        await pilot.pause()
        assert read(lab, "#words") == whole
        await pilot.press("escape", "escape")
        await pilot.pause()
        assert lab.app.screen is lab.app.lab
