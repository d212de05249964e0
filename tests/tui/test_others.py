"""What others would say: t opens the table of the run at hand, and it can be read to its end on every size of screen."""

import pytest

from gradtui.core.measured.finding import RULES
from gradtui.diagnosis.published.registry import PUBLISHED
from gradtui.tui.screens.others import OthersDialog
from gradtui.tui.widgets.notes import Notes
from tests.tui.lab import COMPACT, SIZE, Lab, read, trained
from tests.tui.test_lab import shown


@pytest.fixture
def lab():
    return Lab()


async def test_before_the_first_step_it_says_what_to_do(lab):
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.press("t")
        assert lab.app.screen is lab.app.lab and "press Space to train" in " ".join(shown(lab, Notes).split())


@pytest.mark.parametrize("size", [SIZE, COMPACT])
async def test_t_shows_every_symptom_and_tool_and_escape_goes_back(lab, size):
    async with lab.app.run_test(size=size) as pilot:
        await trained(lab, pilot, 300)
        await pilot.press("t")
        assert isinstance(lab.app.screen, OthersDialog)
        told = read(lab, "Static")
        assert all(title in told for title in RULES.values()) and all(name in told for name in PUBLISHED)
        vanishing = next(line for line in told.splitlines() if line.startswith("Vanishing"))
        assert vanishing.split()[2:] == ["no", "?", "no", "?", "yes", "?"], "nn-htop alone has what it needs in these frames"
        page = lab.app.screen.query_one("#others")
        assert page.max_scroll_x == 0 and page.max_scroll_y > 0
        await pilot.press("end")
        await pilot.pause()
        assert page.scroll_y == page.max_scroll_y
        await pilot.press("escape")
        assert lab.app.screen is lab.app.lab
