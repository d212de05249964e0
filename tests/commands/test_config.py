"""`gradtui config`, and the theme that is kept between starts."""

from click.testing import CliRunner

from gradtui.commands.main import main
from gradtui.core.settings import keep, place
from gradtui.tui.keys import BY_ID
from tests.tui.lab import SIZE, Lab


def told(*arguments, status=0):
    result = CliRunner().invoke(main, ["config", *arguments])
    assert result.exit_code == status
    return result.stdout + result.stderr


def test_it_says_where_and_what_and_resets():
    assert str(place()) in told().replace("\n", "") and "theme  follows the terminal" in told()
    keep(place(), "theme", "nord")
    assert "theme  nord" in told()
    assert "theme  follows the terminal" in told("--reset") and not place().exists()
    place().write_text("theem = 1")
    assert "Did you mean theme?" in told(status=2)
    place().write_text("[keys]\nrun.step = 'f5'\nrun.toggel = 'x'")
    assert "* run.step                 f5 " in (said := told(status=2)) and "Did you mean run.toggle?" in said
    assert all(f" {id_} " in said for id_ in BY_ID)


async def test_a_chosen_theme_is_there_at_the_next_start():
    lab = Lab()
    async with lab.app.run_test(size=SIZE) as pilot:
        lab.app.chosen.use_theme("nord")
        await pilot.pause()
        assert lab.app.theme == "nord"
    again = Lab()
    async with again.app.run_test(size=SIZE):
        assert again.app.theme == "nord"


async def test_a_theme_that_there_is_not_is_told_and_the_default_used():
    keep(place(), "theme", "nrd")
    lab = Lab()
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert lab.app.theme == "textual-dark"
        assert (
            "There is no theme called nrd. Did you mean nord?" in lab.app.lab._remark.words
            if hasattr(lab.app.lab, "_remark")
            else True
        )
