"""The Lab through Pilot: keys in, commands to the backend and words on the screen out."""

import math
import re

import pytest

from gradtui.core.measured import protocol
from gradtui.tui.screens.editor import ChoiceEditor, NumberEditor
from gradtui.tui.widgets.form import Form
from gradtui.tui.widgets.gradients import Gradients
from gradtui.tui.widgets.lines import KeyLine, StatusLine, TopLine
from gradtui.tui.widgets.notes import Notes
from gradtui.tui.widgets.strip import ValueStrip
from gradtui.worker.mailbox import BackendLost
from gradtui.worker.phase import Phase
from tests.tui.lab import COMPACT, DEPTH, PRESET, SIZE, Lab, frame, shown


@pytest.fixture
def lab():
    return Lab()


async def test_the_first_picture_does_not_wait_for_pytorch(lab):
    async with lab.app.run_test(size=SIZE) as pilot:
        assert "Press Space" in shown(lab, Notes)
        await pilot.press("space")
        assert "loading PyTorch" in shown(lab, TopLine)
        lab.ready()
        lab.start()
        assert "training" in shown(lab, TopLine)


async def test_space_runs_pauses_and_resumes_and_the_footer_says_which(lab):
    async with lab.app.run_test(size=SIZE) as pilot:
        lab.ready()
        assert "space Run" in shown(lab, KeyLine)
        await pilot.press("space")
        lab.start()
        assert "space Pause" in shown(lab, KeyLine)
        await pilot.press("space")
        lab.report(protocol.Paused(run=lab.run, step=7))
        assert "space Resume" in shown(lab, KeyLine) and "paused" in shown(lab, TopLine)
        await pilot.press("space")
        assert [command.type for command in lab.backend.commands] == ["start", "pause", "resume"]


async def test_frames_reach_every_panel(lab):
    async with lab.app.run_test(size=SIZE) as pilot:
        lab.ready()
        await pilot.press("space")
        lab.start()
        lab.train(1240)
        assert "step 1 240 of 5 000" in shown(lab, TopLine)
        assert "loss 1.10" in shown(lab, StatusLine) and "steps/s 1 100" in shown(lab, StatusLine)
        bars = shown(lab, Gradients)
        assert "vanished" in bars and "ok" in bars and "┊" in bars


async def test_g_draws_another_quantity_and_says_what_it_is(lab):
    async with lab.app.run_test(size=SIZE) as pilot:
        lab.ready()
        await pilot.press("space")
        lab.start()
        lab.train(10)
        await pilot.press("g")
        assert "|dL/dW|" in str(lab.app.lab.query_one(Gradients).border_title)
        assert "gradient of a layer's weights" in shown(lab, Notes)
        await pilot.press("G")
        assert "|dL/dh|" in str(lab.app.lab.query_one(Gradients).border_title)


async def test_choosing_adam_shows_its_parameters(lab):
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.press("2", "enter")
        assert isinstance(lab.app.screen, ChoiceEditor)
        await pilot.press("j", "j", "j", "j", "enter")
        await pilot.pause()
        form = shown(lab, "#optimizer")
        assert "adam" in form and "betas" in form and "0.9, 0.999" in form and "eps" in form
        assert lab.session.experiment.optimizer.learning_rate == 0.01


async def test_a_wrong_value_is_told_beside_the_field_and_changes_nothing(lab):
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.press("2", "down", "enter")
        editor = lab.app.screen
        assert isinstance(editor, NumberEditor)
        for wrong in ("-1", "nan", "fast", "1e999", "[1]", "'x'", "1\n[run]"):
            editor.query_one("Input").value = wrong
            await pilot.press("enter")
            told = str(editor.query_one("#allowed").render())
            assert lab.app.screen is editor and "from 0 to 1 000" in told, wrong
        await pilot.press("escape")
        assert lab.session.experiment.optimizer.learning_rate == 0.01 and not lab.session.moments


async def test_a_deeper_network_waits_for_space_and_says_so(lab):
    async with lab.app.run_test(size=SIZE) as pilot:
        lab.ready()
        await pilot.press("space")
        lab.start()
        await pilot.press("1", "home", "down", "right_square_bracket")
        assert "depth 21" in shown(lab, Notes) and "step 0" in shown(lab, Notes)
        lab.report(protocol.Paused(run=lab.run, step=3))
        await pilot.press("space")
        assert lab.backend.commands[-1].experiments[0]["network"]["depth"] == 21


async def test_the_cursor_walks_through_all_panels(lab):
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.press("1", "home", "up")
        assert lab.app.focused.id == "network"
        for _ in range(40):
            await pilot.press("j")
        assert lab.app.focused.id == "task"
        for _ in range(40):
            await pilot.press("k")
        assert lab.app.focused.id == "network"


async def test_a_lost_backend_leaves_the_app_alive(lab):
    async with lab.app.run_test(size=SIZE) as pilot:
        lab.ready()
        await pilot.press("space")
        lab.start()
        lab.report(BackendLost(-9, ("CUDA error: out of memory",)))
        assert "out of memory" in shown(lab, Notes) and "failed" in shown(lab, TopLine)
        await pilot.press("space")
        assert lab.session.phase is Phase.STARTING


async def test_divergence_names_layer_and_step(lab):
    async with lab.app.run_test(size=SIZE) as pilot:
        lab.ready()
        await pilot.press("space")
        lab.start()
        lab.train(30, loss=lambda step: math.nan if step == 30 else math.inf if step == 20 else 1.0)
        where = protocol.Divergence(step=20, layer="3", what="gradient")
        lab.report(protocol.Ended(run=lab.run, status="diverged", step=30, divergence=where))
        assert "layer 3" in shown(lab, Notes) and "step 20" in shown(lab, Notes)
        assert "NaN" in shown(lab, StatusLine) and "diverged" in shown(lab, TopLine)


async def test_the_forms_open_over_a_small_screen(lab):
    async with lab.app.run_test(size=COMPACT) as pilot:
        assert "mlp 20x32" in shown(lab, ValueStrip)
        forms = lab.app.lab.query_one("#forms")
        assert not forms.region
        await pilot.press("enter")
        await pilot.pause()
        assert forms.region and isinstance(lab.app.focused, Form)
        assert "esc Back" in shown(lab, KeyLine)
        await pilot.press("escape")
        await pilot.pause()
        assert not forms.region and lab.app.focused.id == "strip"


async def test_a_preset_is_chosen_and_replaces_the_experiment(lab):
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.press("p")
        await pilot.press("slash", *"normal", "enter")
        await pilot.pause()
        assert lab.session.preset.title == "N(0, 1) weights, 10 layers deep"
        assert lab.session.experiment.network.initialization == "normal"
        await pilot.press("1", "down", "right_square_bracket")
        await pilot.pause()
        assert " gradtui  changed from N(0, 1) weights" in shown(lab, TopLine)


async def test_escape_leaves_the_presets_without_a_change(lab):
    async with lab.app.run_test(size=SIZE) as pilot:
        before = lab.session.experiment
        await pilot.press("p", "j", "escape")
        await pilot.pause()
        assert lab.app.screen is lab.app.lab and lab.session.experiment is before


async def test_the_palette_holds_every_verb_and_preset(lab):
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.press("ctrl+p", *"rewind", "enter")
        await pilot.pause()
        assert lab.backend.commands[-1].paused
        await pilot.press("ctrl+p", *"open tutorial", "enter")
        await pilot.pause()
        assert lab.session.preset.title == "The tutorial's program"


async def test_help_lists_every_key(lab):
    async with lab.app.run_test(size=(120, 70)) as pilot:
        await pilot.press("question_mark")
        page = str(lab.app.screen.query_one("Static").render())
        from gradtui.tui.keys import BACK, CONFIRM, ERRAND, FORM, GLOBAL, LAB, LESSONS, NOTES, PRESETS, STRIP

        for key in (*LAB, *FORM, STRIP, BACK, *NOTES, *PRESETS, *ERRAND, *CONFIRM, *LESSONS, *GLOBAL):
            assert re.search(rf"^  {re.escape(key.all_shown)} +{re.escape(key.tooltip)}$", page, re.M), key.id
        assert "← h" in page and "? f1" in page
        await pilot.press("escape")
        assert lab.app.screen is lab.app.lab


async def test_resizing_keeps_the_run_on_the_screen(lab):
    async with lab.app.run_test(size=SIZE) as pilot:
        lab.ready()
        await pilot.press("space")
        lab.start()
        lab.train(100)
        for size in ((1, 1), (20, 5), (60, 18), (80, 24), SIZE, (200, 60)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            lab.report(protocol.Sampled(run=lab.run, frame=frame(100 + size[0], 0.2, DEPTH, 1.1)))
        assert "vanished" in shown(lab, Gradients)


async def test_too_small_a_terminal_says_what_it_needs(lab):
    async with lab.app.run_test(size=(50, 12)) as pilot:
        await pilot.pause()
        assert "60x18" in shown(lab, "#small")


@pytest.mark.parametrize("steps", [5_000, 1_000_000])
async def test_a_long_title_is_whole_beside_a_shorter_bar(steps):
    title = "Handwritten digits, ReLU with He weights"
    lab = Lab(PRESET.model_copy(update={"title": title, "experiment": PRESET.experiment.changed({"run.steps": steps})}))
    async with lab.app.run_test(size=SIZE):
        line = shown(lab, TopLine)
        assert title in line and "─" * 8 in line and line.rstrip().endswith("0 %")
