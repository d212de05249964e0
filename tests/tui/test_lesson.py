"""The lessons: every page with the run's numbers, the run's own troubles first, and the preset of a page in the Lab."""

import pytest
from textual.widgets import OptionList

from gradtui.core.measured import protocol
from gradtui.core.measured.finding import RULES, Finding, Fix
from gradtui.lessons.page import QUESTIONS, pages
from gradtui.tui.screens.fixing import FixDialog
from gradtui.tui.widgets.form import Form
from tests.tui.lab import COMPACT, SIZE, Lab, picture, read, trained, until

VANISHED = Finding(
    rule="vanishing-gradients",
    severity="critical",
    step=1,
    what="Layers 1 to 12 of 20 get next to no gradient.",
    evidence="It falls by 0.70 decades a layer; 0.3 is much.",
    meaning="Plain steps will not move them.",
    source="Hochreiter 1991",
    fixes=(
        Fix(
            title="ReLU with He weights",
            reason="its slope is 1",
            set={"network.activation": "relu", "network.initialization": "he-normal"},
        ),
        Fix(title="Residual links", reason="they pass it on", set={"network.residual": True}),
    ),
)


@pytest.fixture
def lab():
    return Lab()


async def test_e_opens_the_lessons_and_escape_closes_them(lab):
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.press("e")
        listed = [option.id for option in lab.app.screen.query_one(OptionList).options if option.id]
        assert listed == [*QUESTIONS, *RULES]
        assert pages()[QUESTIONS[0]].blocks[1].text in " ".join(read(lab, "#words").split())
        await pilot.press("escape", "escape")
        assert lab.app.screen is lab.app.lab


@pytest.mark.parametrize("size", [SIZE, COMPACT])
async def test_enter_opens_the_preset_of_the_page_in_the_lab(lab, size):
    async with lab.app.run_test(size=size) as pilot:
        await pilot.press("e", *["down"] * QUESTIONS.index("choose-learning-rate"), "enter")
        await pilot.pause()
        page = pages()["choose-learning-rate"]
        assert lab.app.screen is lab.app.lab
        assert lab.session.experiment == page.opened().experiment
        assert lab.session.preset.title == page.title


@pytest.mark.parametrize("name", pages())
async def test_the_cursor_is_on_the_value_that_the_page_is_about(lab, name):
    async with lab.app.run_test(size=SIZE) as pilot:
        lab.app.opening.lessons(name)
        await pilot.pause()
        await pilot.press("enter")
        await until(pilot, lambda: lab.app.screen is lab.app.lab)
        form = lab.app.focused
        assert isinstance(form, Form) and form._fields[form._cursor].key == pages()[name].value


async def test_on_a_small_screen_the_plots_stay_in_sight(lab):
    async with lab.app.run_test(size=COMPACT) as pilot:
        lab.app.opening.lessons("what-clipping-does")
        await pilot.pause()
        await pilot.press("enter")
        await until(pilot, lambda: lab.app.screen is lab.app.lab)
        assert lab.app.lab.query_one("#loss").region and not lab.app.lab.query_one("#forms").region


@pytest.mark.parametrize("key", ["e", "p"])
async def test_the_top_line_goes_on_while_something_else_is_read(lab, key):
    async with lab.app.run_test(size=SIZE) as pilot:
        await trained(lab, pilot, 20)
        await pilot.press(key)
        lab.train(1240)
        await until(pilot, lambda: "step 1 240 of 5 000" in picture(lab))


async def test_a_finding_puts_its_page_first_with_the_runs_own_numbers(lab):
    async with lab.app.run_test(size=SIZE) as pilot:
        await trained(lab, pilot, 1240)
        lab.report(protocol.Diagnosed(run=lab.run, findings=(VANISHED,)))
        await pilot.press("e")
        listed = [option.id for option in lab.app.screen.query_one(OptionList).options if option.id]
        assert listed[0] == "vanishing-gradients" and sorted(listed) == sorted([*QUESTIONS, *RULES])
        shown = " ".join(read(lab, "#words").split())
        assert shown.startswith(
            "! Layers 1 to 12 of 20 get next to no gradient, since step 1. It falls by 0.70 decades a layer; 0.3 is much. "
            "Source of the threshold: Hochreiter 1991. Plain steps will not move them. What would mend it, the best first "
            "• ReLU with He weights (activation relu, initialization he-normal): its slope is 1. "
            "• Residual links (residual on): they pass it on. f tries one"
        )
        assert "got 5.24e-14 of what the last one got" in shown


@pytest.mark.parametrize("size", [SIZE, COMPACT])
async def test_a_page_scrolls_to_its_end_and_starts_at_its_top(lab, size):
    async with lab.app.run_test(size=size) as pilot:
        await pilot.press("e")
        page = lab.app.screen.query_one("#page")
        assert page.max_scroll_y > 0
        await pilot.press(*["space"] * 9)
        assert page.scroll_y == page.max_scroll_y
        await pilot.press("b")
        assert page.scroll_y < page.max_scroll_y
        await pilot.press("down")
        await pilot.pause()
        assert page.scroll_y == 0


async def test_f_on_the_page_of_a_finding_offers_its_fixes(lab):
    async with lab.app.run_test(size=SIZE) as pilot:
        await trained(lab, pilot, 1240)
        worse = VANISHED.model_copy(update={"rule": "non-finite", "fixes": ()})
        lab.report(protocol.Diagnosed(run=lab.run, findings=(worse, VANISHED)))
        await pilot.press("e", "f")
        await pilot.pause()
        assert lab.app.screen is not lab.app.lab, "the page of a finding that nothing mends stays"
        await pilot.press("down", "f")
        await pilot.pause()
        assert isinstance(lab.app.screen, FixDialog)
        await pilot.press("enter")
        assert lab.session.run.experiment.network.activation == "relu" and lab.session.before is not None
