"""Keys by their ids: what a person chose is bound, and written wherever a key is named; the footer can be clicked."""

from __future__ import annotations

import re
import string

import pytest

from gradtui.core.measured import protocol
from gradtui.core.settings import place
from gradtui.tui.key import choose
from gradtui.tui.keymap import checked
from gradtui.tui.keys import BY_ID, LAB
from gradtui.tui.widgets.lines import KeyLine
from gradtui.tui.widgets.notes import Notes
from gradtui.worker.phase import Phase
from tests.tui.lab import SIZE, Lab, picture, read, shown, trained


@pytest.fixture(autouse=True)
def ours():
    yield
    choose({})


def keep(text: str) -> None:
    place().parent.mkdir(parents=True, exist_ok=True)
    place().write_text(f"[keys]\n{text}")


async def test_a_chosen_key_does_what_it_is_for_and_the_old_one_nothing() -> None:
    keep("run.toggle = 'f5, K'\nrun.step = 'r'\nrun.rewind = 's'")
    lab = Lab()
    async with lab.app.run_test(size=SIZE) as pilot:
        lab.ready()
        assert "f5 Run  r Step" in shown(lab, KeyLine) and "Press F5 to train." in shown(lab, Notes)
        await pilot.press("space")
        assert lab.session.phase is Phase.READY
        await pilot.press("K")
        assert lab.session.phase is Phase.STARTING
        lab.start()
        await pilot.press("s")
        assert lab.backend.commands[-1] == protocol.Start(run=2, experiments=lab.backend.commands[-1].experiments, paused=True)
        await pilot.press("question_mark")
        assert re.search(r"^  f5 K +Run or pause", read(lab, "#words"), re.M)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"run.stepp": "f5"}, "There is no key called run.stepp. Did you mean run.step?"),
        ({"run.step": "hurz"}, "run.step: hurz is no key."),
        ({"run.step": " ,"}, "run.step names no key."),
        ({"run.step": "x"}, "run.step stays as it is: x is Discard (fix.discard) already."),
        ({"run.step": "f5", "fix.try": "f5"}, "f5 is Fix (fix.try) already."),
    ],
)
def test_what_cannot_be_had_is_told(wanted: dict[str, str], said: str) -> None:
    chosen, mistakes = checked(wanted)
    assert "run.step" not in chosen and said in " ".join(mistakes)


@pytest.mark.parametrize("character", [c for c in string.printable if c.strip() and c != ","])
def test_a_character_is_written_as_it_is(character: str) -> None:
    chosen, mistakes = checked({"run.step": character})
    choose(chosen)
    assert not mistakes or "already" in mistakes[0]
    assert BY_ID["run.step"].shown == (character if not mistakes else "s")


def test_ours_take_nothing_from_each_other() -> None:
    ours = {id_: key.keys for id_, key in BY_ID.items() if not id_.startswith("page.")}
    assert checked(ours) == (ours, [])


async def test_what_is_wrong_with_them_is_told_at_the_start() -> None:
    keep("run.step = 'x'")
    lab = Lab()
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert "run.step stays as it is" in shown(lab, Notes)
        assert "s Step" in shown(lab, KeyLine)


@pytest.mark.parametrize("panel", ["1", "2", "3", "4", "5", "7"])
@pytest.mark.parametrize("size", [(80, 24), (100, 32), SIZE, (200, 60)])
async def test_a_key_stands_once_in_the_footer(panel: str, size: tuple[int, int]) -> None:
    lab = Lab()
    async with lab.app.run_test(size=size) as pilot:
        await pilot.press(panel)
        await pilot.pause()
        written = re.findall(r"\S+(?= [A-Z])|\[ \]", shown(lab, KeyLine))
        assert len(written) == len(set(written)), written


async def test_all_of_the_footer_stands_where_there_is_room() -> None:
    lab = Lab()
    async with lab.app.run_test(size=(200, 60)):
        for key in LAB:
            assert not key.late or f"{key.shown} {key.words}" in shown(lab, KeyLine)


async def test_a_word_of_the_footer_that_is_clicked_is_its_key_pressed() -> None:
    lab = Lab()
    async with lab.app.run_test(size=(200, 60)) as pilot:

        async def click(words: str, at: int = 0) -> None:
            await pilot.click(KeyLine, offset=(shown(lab, KeyLine).index(words) + at, 0))
            await pilot.pause()

        lab.ready()
        await pilot.press("4")
        before = lab.session.experiment.optimizer.learning_rate
        await click("[ ]", 2)
        assert lab.session.experiment.optimizer.learning_rate > before
        await click("[ ]")
        assert lab.session.experiment.optimizer.learning_rate == before
        await click("Run")
        assert lab.session.phase is Phase.STARTING
        await click("   ?", 0)
        assert lab.app.screen is lab.app.lab
        await click("^p Palette", 4)
        assert "Search for" in picture(lab)


async def test_what_is_clicked_in_a_form_edits_there() -> None:
    lab = Lab()
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.press("2")
        await pilot.click(KeyLine, offset=(shown(lab, KeyLine).index("] Adjust"), 0))
        await pilot.pause()
        assert lab.session.experiment.optimizer.name != "momentum"


async def test_the_presets_footer_can_be_clicked() -> None:
    lab = Lab()
    async with lab.app.run_test(size=SIZE) as pilot:
        await trained(lab, pilot, 20)
        await pilot.press("p")
        await pilot.pause()
        line = lab.app.screen.query_one(KeyLine)
        text = line.render_line(0).text
        await pilot.click(KeyLine, offset=(text.index("esc Back") + 5, 0))
        await pilot.pause()
        assert lab.app.screen is lab.app.lab
