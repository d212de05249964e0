"""The real program in a real terminal, with a real backend."""

import os
import re
import signal
import sys
from contextlib import ExitStack

import pytest

from tests.terminal.harness import Terminal

PROGRAM = [sys.executable, "-m", "gradtui"]
STEP = re.compile(r"step +([\d ]+?) of")


@pytest.fixture
def program(tmp_path):
    """Starts gradtui with these arguments, away from the repository."""
    with ExitStack() as opened:

        def start(*arguments, **options):
            return opened.enter_context(Terminal([*PROGRAM, *arguments], cwd=tmp_path, **options))

        yield start


def step(t):
    found = STEP.search(t.text)
    return int(found.group(1).replace(" ", "")) if found else -1


def trained(t, least):
    t.wait_until(lambda: step(t) >= least, f"step {least}")


def test_a_session_from_start_to_end(program):
    t = program("vanishing-sigmoid", "--set", "run.steps=1000000")
    t.wait_for("Network", "Optimizer", "Press Space")
    t.press("space")
    t.wait_for("training", "vanished", "Loss")
    trained(t, 100)
    t.press("space")
    t.wait_for("paused", "space Resume")
    before = step(t)
    t.press("2", "down", "]")
    t.wait_for("0.02")
    t.press("space")
    trained(t, before + 100)
    t.press("r")
    t.wait_until(lambda: step(t) == 0, "step 0")
    t.wait_for("paused")
    t.press("s")
    t.wait_until(lambda: step(t) == 1, "step 1")
    t.resize(80, 24)
    t.wait_for("mlp 20x32", "momentum lr 0.02")
    t.press("space")
    trained(t, 50)
    t.press("q", "q")
    assert t.exit_status() == 0
    t.assert_restored()
    t.wait_alone()


def test_another_preset_is_opened_and_diverges_readably(program):
    t = program("healthy-he")
    t.wait_for("ReLU with He weights")
    t.press("p")
    t.wait_for("Presets", "Source")
    t.press("/", "weights, 10")
    t.wait_gone("Handwritten")
    t.press("enter")
    t.wait_for("Press Space")
    t.press("space")
    t.wait_for("diverged", "NaN", re.compile(r"layer \d+ was the first"))
    t.press("q")
    assert t.exit_status() == 0
    t.assert_restored()


def test_a_killed_backend_is_told_and_replaced(program):
    t = program("vanishing-sigmoid", "--set", "run.steps=1000000")
    t.wait_for("Press Space")
    t.press("space")
    trained(t, 20)
    (backend,) = [pid for pid, command in t.survivors().items() if "gradtui.backend" in command]
    os.kill(backend, signal.SIGKILL)
    t.wait_for("failed", "killed by signal 9")
    t.press("space")
    t.wait_for("training")
    trained(t, 20)
    t.press("q", "q")
    assert t.exit_status() == 0
    t.wait_alone()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_however_the_app_ends_no_backend_is_left(program, number):
    t = program("vanishing-sigmoid", "--set", "run.steps=1000000")
    t.wait_for("Press Space")
    t.press("space")
    trained(t, 20)
    t.signal(number)
    assert t.exit_status() == (-9 if number is signal.SIGKILL else 128 + number)
    t.wait_alone()


def test_quitting_while_pytorch_is_loading(program):
    t = program("vanishing-sigmoid")
    t.wait_for("Press Space")
    t.press("space", "q")
    assert t.exit_status() == 0
    t.assert_restored()
    t.wait_alone()


def test_a_network_too_large_is_refused_with_the_estimate(program):
    t = program("vanishing-sigmoid", "--set", "network.depth=200", "--set", "network.width=4096")
    t.wait_for("Press Space")
    t.press("space")
    t.wait_for("failed", re.compile(r"needs at least [\d.]+ GB"))
    t.press("q")
    assert t.exit_status() == 0


def test_a_preset_file_with_mistakes_names_them_all_and_starts_nothing(program, tmp_path):
    (tmp_path / "bad.toml").write_text('[network]\ndepth = 1_000_000_000\nactvation = "relu"\n[optimizer]\nname = "adm"\n')
    t = program("bad.toml", size=(200, 24))
    assert t.exit_status() == 2
    for words in ("3 mistakes in bad.toml", "network.depth", "from 1 to 200", "Did you mean activation?", "Did you mean adam?"):
        assert words in t.text
    assert t.survivors() == {}


@pytest.mark.parametrize("env", [{}, {"NO_COLOR": "1"}], ids=["colours", "none"])
def test_what_is_saved_opens_by_its_name_and_the_lab_stays_in_sight_meanwhile(program, own_presets, env):
    t = program("vanishing-sigmoid", "--set", "optimizer.learning_rate=0.5", env=env)
    t.wait_for("Press Space")
    t.press("w")
    t.wait_for("Save as a preset", str(own_presets), "Optimizer")
    t.press("enter")
    t.wait_for("Saved as")
    t.press("q")
    assert t.exit_status() == 0
    again = program("my-vanishing-sigmoid", env=env)
    again.wait_for("Sigmoid, 20 layers deep", "learning rate", "0.5")
    again.press("q")
    assert again.exit_status() == 0


def test_without_colour_what_is_chosen_and_the_cursor_are_seen_and_the_lab_behind_a_dialog(program):
    def cells(words):
        row = next(row for row, line in enumerate(t.lines) if words in line)
        return [t.cell(column, row) for column in range(len(t.lines[row]))]

    t = program("vanishing-sigmoid", env={"NO_COLOR": "1"})
    t.wait_for("Press Space")
    t.press("p")
    t.wait_for("About")
    t.wait_until(lambda: any(cell.underscore for cell in cells("│  Sigmoid, 20 layers deep ")), "the mark on the open preset")
    t.press("down")
    t.wait_until(lambda: any(cell.underscore for cell in cells("│  What weight gradients hide ")), "the mark on the next preset")
    assert not any(cell.underscore for cell in cells("│  Sigmoid, 20 layers deep "))
    t.press("escape")
    t.wait_for("Press Space")
    t.press("w")
    t.wait_for("Save as a preset", "my-vanishing-sigmoid", "Optimizer")
    t.wait_until(lambda: any(cell.reverse for cell in cells("my-vanishing-sigmoid")), "the cursor")
    t.press("escape")
    t.wait_gone("Save as a preset")
    t.press("?")
    t.wait_for("In the Lab", "loss ·")
    t.press("escape")
    t.wait_gone("In the Lab")
    t.press("q")
    assert t.exit_status() == 0


def test_a_fix_is_found_tried_and_kept(program):
    t = program("vanishing-sigmoid", "--set", "run.steps=1000000")
    t.wait_for("Press Space")
    t.press("space")
    t.wait_for("Gradients vanish in", "f tries")
    t.press("f")
    t.wait_for("ReLU with He weights", "enter Try")
    t.press("enter")
    t.wait_for("Cured", "x discards it")
    t.press("a")
    t.wait_until(lambda: "x discards it" not in t.text, "the comparison is over")
    assert "he-normal" in t.text
    t.press("q", "q")
    assert t.exit_status() == 0
