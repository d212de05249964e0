"""Findings on the screen, the fix of the worst, and the comparison, through Pilot."""

import pytest

from gradtui.core.measured import protocol
from gradtui.core.measured.finding import Finding, Fix
from gradtui.tui.screens.fixing import FixDialog
from gradtui.tui.widgets.lines import KeyLine
from gradtui.tui.widgets.notes import Notes
from gradtui.worker.phase import Phase
from tests.tui.lab import COMPACT, SIZE, Lab, picture
from tests.tui.test_lab import shown

RELU = Fix(
    title="ReLU with He weights",
    reason="Its slope is 1 for half of the inputs.",
    set={"network.activation": "relu", "network.initialization": "he-normal"},
)
NORMAL = Fix(title="Layer normalization", reason="It keeps activations in range.", set={"network.normalization": "layer"})


def finding(severity="critical", what="The gradient vanishes in layers 1-12 of 20", fixes=(RELU,), step=10, until=None):
    return Finding(
        rule="vanishing-gradients", severity=severity, step=step, what=what, evidence="It falls by 5.2 a layer; 1.3 is healthy.",
        meaning="", source="", fixes=fixes, until=until,
    )  # fmt: skip


@pytest.fixture
def lab():
    return Lab()


async def sick(lab, pilot, *findings):
    lab.ready()
    await pilot.press("space")
    lab.start()
    lab.train(200)
    lab.report(protocol.Diagnosed(run=lab.run, findings=findings))


async def test_open_findings_are_told_the_worst_first_with_their_evidence(lab):
    async with lab.app.run_test(size=(200, 60)) as pilot:
        await sick(lab, pilot, finding("warning", "Small steps", (), 3), finding(), finding(what="Gone by now", until=20))
        words = " ".join(shown(lab, Notes).split())
        assert "✗ The gradient vanishes in layers 1-12 of 20 since step 10. f tries: ReLU with He weights. It falls by" in words
        assert words.index("vanishes") < words.index("▲ Small steps since step 3") and "Gone by now" not in words
        assert "f Fix" in shown(lab, KeyLine)
        lab.report(protocol.Diagnosed(run=lab.run, findings=()))
        assert "sigmoid's slope" in shown(lab, Notes) and "f Fix" not in shown(lab, KeyLine)


async def test_what_was_wrong_is_told_and_mended_where_nothing_is_now(lab):
    async with lab.app.run_test(size=SIZE) as pilot:
        early, late = finding(what="It vanished", until=40), finding("warning", "It swung", (NORMAL,), 60, 120)
        await sick(lab, pilot, early, late, finding("info", "Never mind", until=90))
        words = " ".join(shown(lab, Notes).split())
        assert "○ It swung from step 60 to 120, no longer. f tries: Layer normalization." in words
        assert words.index("It swung") < words.index("○ It vanished from step 10 to 40, no longer.") and "Never mind" not in words
        await pilot.press("f")
        assert lab.session.run.experiment.network.normalization == "layer"


async def test_what_was_only_noted_is_told_where_nothing_else_was_wrong(lab):
    async with lab.app.run_test(size=SIZE) as pilot:
        await sick(lab, pilot, finding("info", "It was small", (NORMAL,), until=90))
        assert "○ It was small from step 10 to 90, no longer. f tries: Layer norm" in " ".join(shown(lab, Notes).split())
        await pilot.press("f")
        assert lab.session.run.experiment.network.normalization == "layer"


async def test_hostile_words_of_a_finding_reach_no_terminal(lab):
    async with lab.app.run_test(size=SIZE) as pilot:
        await sick(lab, pilot, finding(what="\x1b]0;owned\x07 [red]x[/] \u202e"))
        words = shown(lab, Notes)
        assert all(line.isprintable() for line in words.splitlines()) and "[red]x[/]" in words


async def test_f_tries_the_only_fix_and_x_brings_the_old_run_back(lab):
    async with lab.app.run_test(size=SIZE) as pilot:
        await sick(lab, pilot, finding())
        history = lab.session.run.history
        await pilot.press("f")
        assert lab.session.run.experiment.network.activation == "relu" and lab.session.run.step == 0
        assert "Too early" in shown(lab, Notes) and "a Keep" in shown(lab, KeyLine)
        lab.start(factor=1)
        lab.train(300, factor=1, loss=lambda step: 0.5)
        words = " ".join(shown(lab, Notes).split())
        assert "Cured. Over: vanishing gradients. The loss at step 200 is 0.500" in words
        await pilot.press("x")
        assert lab.session.run.history is history and lab.session.run.step == 200 and lab.session.phase is Phase.READY
        assert "Space starts it anew" in shown(lab, Notes) and "vanishes" in shown(lab, Notes)


async def test_a_keeps_the_fixed_run(lab):
    async with lab.app.run_test(size=SIZE) as pilot:
        await sick(lab, pilot, finding())
        await pilot.press("f", "a")
        assert lab.session.before is None and lab.session.run.experiment.network.activation == "relu"
        assert "Kept" in shown(lab, Notes)
        await pilot.press("x")
        assert lab.session.run.experiment.network.activation == "relu"


async def test_of_several_fixes_one_is_chosen(lab):
    async with lab.app.run_test(size=SIZE) as pilot:
        await sick(lab, pilot, finding(fixes=(RELU, NORMAL)))
        assert "or another." in " ".join(shown(lab, Notes).split())
        await pilot.press("f")
        assert isinstance(lab.app.screen, FixDialog)
        await pilot.press("escape")
        assert lab.session.before is None
        await pilot.press("f", "j", "enter")
        assert lab.session.run.experiment.network.normalization == "layer" and lab.session.before is not None


async def test_a_fix_that_does_not_fit_and_none_at_all_are_told(lab):
    async with lab.app.run_test(size=SIZE) as pilot:
        await sick(lab, pilot, finding(fixes=(Fix(title="Shallower", reason="", set={"network.depth": 0}),)))
        await pilot.press("f")
        assert "Shallower does not fit" in shown(lab, Notes) and lab.session.before is None
        lab.report(protocol.Diagnosed(run=lab.run, findings=()))
        await pilot.press("f")
        assert "nothing to fix" in shown(lab, Notes)


@pytest.mark.parametrize("size", [COMPACT, SIZE])
async def test_reasons_and_changes_are_whole(lab, size):
    long = RELU.model_copy(update={"reason": "Variance 2/n makes up for the half that ReLU drops, " * 3 + "as He found."})
    async with lab.app.run_test(size=size) as pilot:
        await sick(lab, pilot, finding(fixes=(long, NORMAL)))
        await pilot.press("f")
        await pilot.pause()
        x, y, width, height = lab.app.screen.query_one("#fixes").region
        inside = [line[x + 1 : x + width - 1] for line in picture(lab).splitlines()[y + 1 : y + height - 1]]
        seen = " ".join(" ".join(inside).split())
        assert long.reason in seen and long.changes in seen
