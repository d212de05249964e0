"""The forms and their editors: schedules drawn, what does not fit told, tasks explained."""

from dataclasses import replace

import pytest
from textual.geometry import Region
from textual.widgets import OptionList

from gradtui.catalog.schedules import SCHEDULES
from gradtui.catalog.tasks import TASKS
from gradtui.core.measured import protocol
from gradtui.tui.screens.editor import Editor
from gradtui.tui.widgets.form import Form
from gradtui.tui.widgets.lines import StatusLine
from tests.tui.lab import COMPACT, SIZE, Lab, frame, picture
from tests.tui.test_lab import shown


@pytest.fixture
def lab():
    return Lab()


async def edit(pilot, lab, key):
    """Open the editor of the field with this key."""
    form = lab.app.lab.query_one("#task" if key.startswith(("task", "run")) else "#optimizer", Form)
    form.post_message(Form.Edit(next(field for field in form._fields if field.key == key), lambda: Region(0, 10, 30, 1)))
    await pilot.pause()
    return lab.app.screen


async def choose(pilot, lab, key, name):
    """Take an entry in the editor of the field with this key."""
    editor = await edit(pilot, lab, key)
    options = editor.query_one(OptionList)
    options.highlighted = options.get_option_index(name)
    await pilot.pause()
    return editor


@pytest.mark.parametrize("size", [SIZE, COMPACT])
async def test_a_schedule_is_drawn_beside_its_name_and_the_rest_of_the_form_stays(lab, size):
    async with lab.app.run_test(size=size) as pilot:
        await pilot.press("2")
        before = lab.app.lab.query_one("#optimizer").region
        lines = {}
        for name in SCHEDULES:
            await choose(pilot, lab, "schedule.name", name)
            await pilot.press("enter")
            await pilot.pause()
            (lines[name],) = [line for line in shown(lab, "#optimizer").splitlines() if line.strip(" ›•│").startswith("schedule")]
            assert lab.app.lab.query_one("#optimizer").region.offset == before.offset
            assert name in lines[name], lines[name]
        assert not set("".join((lines["constant"], lines["plateau"]))) & set("▁▂▃▄▅▆▇█")
        falling = [c for c in lines["exponential"] if c in "▁▂▃▄▅▆▇█"]
        assert len(falling) >= 5 and falling == sorted(falling, reverse=True) and falling[0] == "█"
        cycle = "".join(c for c in lines["one-cycle"] if c in "▁▂▃▄▅▆▇█")
        assert cycle[0] == cycle[-1] == "▁" and max(cycle) > "▄"


async def test_another_schedule_of_a_run_holds_at_once_and_the_status_line_shows_its_rate(lab):
    async with lab.app.run_test(size=SIZE) as pilot:
        lab.ready()
        await pilot.press("space")
        lab.start()
        await choose(pilot, lab, "schedule.name", "cosine")
        await pilot.press("enter")
        await pilot.pause()
        change = lab.backend.commands[-1]
        assert (change.key, change.value) == ("schedule.name", "cosine") and not lab.session.stale
        slow = frame(20, 0.2, 20, 1.0).model_copy(update={"learning_rate": 0.00123456})
        lab.report(protocol.Sampled(run=lab.run, frame=slow))
        assert "lr 0.00123 " in shown(lab, StatusLine)


async def test_a_period_that_ends_before_the_run_is_told_with_what_fits(lab):
    async with lab.app.run_test(size=SIZE) as pilot:
        lab.session.change({"schedule.name": "cosine"})
        lab.app.lab.show_experiment()
        await edit(pilot, lab, "schedule.period")
        lab.app.screen.query_one("Input").value = "100"
        await pilot.press("enter")
        told = str(lab.app.screen.query_one("#allowed").render())
        assert "100 of the run's 5000 steps" in told and "from 5000" in told
        await pilot.press("escape")
        assert lab.session.experiment.schedule.period == 0


async def test_a_steps_editor_names_the_warm_up_that_it_would_leave_no_room(lab):
    async with lab.app.run_test(size=SIZE) as pilot:
        lab.session.change({"schedule.warmup": 300})
        lab.app.lab.show_experiment()
        await edit(pilot, lab, "run.steps")
        lab.app.screen.query_one("Input").value = "300"
        await pilot.press("enter")
        assert "schedule.warmup: a warm-up of 300 steps" in str(lab.app.screen.query_one("#allowed").render())


async def test_the_choice_of_a_task_says_what_each_is_good_for(lab):
    async with lab.app.run_test(size=SIZE) as pilot:
        for name in ("wine", "digits"):
            editor = await choose(pilot, lab, "task.name", name)
            assert TASKS[name].good_for in str(editor.query_one("#good").render())
            await pilot.press("escape")


async def test_a_task_that_does_not_fit_the_network_says_why_and_is_passed_over(lab, monkeypatch):
    monkeypatch.setitem(TASKS._by_name, "moons", replace(TASKS["moons"], forms=("image",)))
    async with lab.app.run_test(size=SIZE) as pilot:
        editor = await choose(pilot, lab, "task.name", "spirals")
        assert editor.query_one(OptionList).get_option("moons").disabled
        assert "moons gives an image, which mlp does not take" in picture(lab)
        await pilot.press("j", "enter")
        assert lab.session.experiment.task.name == "circles"
        form = lab.app.lab.query_one("#task", Form)
        form.post_message(Form.Nudge(next(f for f in form._fields if f.key == "task.name"), -1, False))
        await pilot.pause()
        assert lab.session.experiment.task.name == "spirals"


@pytest.mark.parametrize("theme", ["textual-dark", "ansi-dark"])
@pytest.mark.parametrize("size", [SIZE, COMPACT])
async def test_an_editor_lies_inside_the_screen_beside_its_line_in_every_kind_of_theme(lab, size, theme):
    async with lab.app.run_test(size=size) as pilot:
        lab.app.theme = theme
        await pilot.press("2")
        editor = await edit(pilot, lab, "optimizer.name")
        line = Region(0, 10, 30, 1)
        await pilot.pause()
        box = editor.query_one("#editor").region
        assert editor.region.contains_region(box) and not box.overlaps(line)


@pytest.mark.parametrize("size", [(60, 18), COMPACT])
@pytest.mark.parametrize("line", range(8))
async def test_an_editor_over_forms_that_fill_a_small_screen_waits_for_nothing(size: tuple[int, int], line: int) -> None:
    lab = Lab()
    async with lab.app.run_test(size=size) as pilot:
        await pilot.press("enter", *["down"] * line, "enter")
        for _ in range(20):
            await pilot.pause()
        assert isinstance(lab.app.screen, Editor) and lab.app.settled
