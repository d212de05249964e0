"""What `gradtui run` tells a person."""

import math
import re
import sys

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradtui.core.experiments.experiment import experiment
from gradtui.core.measured.finding import Finding, Fix
from gradtui.core.measured.frame import DRAWN, Frame, Spread
from gradtui.core.measured.history import History
from gradtui.core.measured.protocol import Ended, Started
from gradtui.core.measured.run import Run
from gradtui.core.measured.summary import summarize
from gradtui.core.text import grouped, left, number
from gradtui.headless.progress import line
from gradtui.headless.report import told
from tests.strategies import NUMBERS, frames
from tests.terminal.harness import Terminal

TIMES, LAYERS = 4, ("1", "2", "out")
STARTED = Started(run=1, device="cpu", weights=9, layers=LAYERS, predicted=((0.5, 1.0, None),), time_steps=TIMES)
FOUND = Finding(
    rule="vanishing-gradients", severity="critical", step=2, what="Gradients vanish in layers 1 to 2 of 3",
    evidence="|dL/dh| is 1e-12 in the first and 0.2 in the last; below 0.001 is vanishing.", meaning="So.", source="Us",
    fixes=(Fix(title="ReLU with He weights", reason="variance 2/n makes up for it", set={"network.activation": "relu"}),),
)  # fmt: skip
OVER = FOUND.model_copy(update={"until": 9, "what": "The loss swings"})
WIDTHS = st.integers(70, 160)


@st.composite
def runs(draw, layers=LAYERS):
    history = History()
    for step, frame in enumerate(draw(st.lists(frames(len(layers)), max_size=3)), 1):
        times = tuple(draw(st.lists(NUMBERS, min_size=TIMES, max_size=TIMES))) if frame.gradient_over_time else ()
        history.add(frame.model_copy(update={"step": step, "gradient_over_time": times}))
    ended = Ended(run=1, status="done", step=len(history.loss), accuracy=draw(st.none() | NUMBERS))
    started = STARTED.model_copy(update={"layers": layers})
    return Run(
        experiment(), started, history, draw(st.sampled_from([(), (FOUND,), (OVER,), (FOUND, FOUND)])), ended=ended, speed=9.0
    )


def read(run, width=100, height=10_000):
    return told("A title", run, summarize(run), width, height)


@given(runs(), WIDTHS)
def test_no_line_is_wider_than_the_terminal_and_no_word_is_broken(run, width):
    narrow, wide = (click.unstyle(read(run, columns)) for columns in (width, 10_000))
    assert max(map(len, narrow.splitlines())) <= width
    words = [re.sub("█+", "", text).split() for text in (narrow, wide)]
    assert words[0] == words[1]


def test_a_long_heading_takes_nothing_from_those_of_the_columns():
    history, one = History(), Spread(last=1.0, low=1.0, mean=1.0, high=1.0)
    layers = {"activation_gradient": (math.nan,) * len(LAYERS), "update_ratio": (1.0,) * len(LAYERS)}
    history.add(Frame(step=1, loss=one, gradient_norm=one, learning_rate=0.1, layers=layers))
    lost = Run(experiment(), STARTED, history, ended=Ended(run=1, status="diverged", step=1))
    lines = click.unstyle(read(lost, 60)).splitlines()
    (at,) = [at for at, line in enumerate(lines) if "the last one with numbers" in line]
    assert lines[at + 1].split() == [DRAWN["update_ratio"].symbol] and max(map(len, lines)) <= 60


@given(runs())
def test_what_is_wrong_comes_first_then_the_loss_then_every_layer(run):
    lines = click.unstyle(read(run)).splitlines()
    loss = next(at for at, each in enumerate(lines) if each.startswith("loss  "))
    found = [at for at, each in enumerate(lines) if each.startswith(("✗ critical: ", "○ "))]
    assert len(found) == len(run.findings) and all(0 < at < loss for at in found)
    assert ("Nothing is wrong." in lines[1]) == (not run.findings)
    rows = [each.split()[0] for each in lines[loss:] if re.match(r" *(out|\d+)  ", each)]
    times = run.history.newest.gradient_over_time if run.history.newest else ()
    measured = "activation_gradient" in run.history.layers
    assert rows == [*(map(str, range(TIMES, 0, -1)) if times else ()), *(reversed(LAYERS) if measured else ())]


@given(runs(tuple(map(str, range(1, 101)))), st.integers(24, 60))
def test_a_deep_network_is_folded_to_stay_below_what_is_wrong_with_it(run, height):
    lines = read(run, 100, height).splitlines()
    assert len(lines) < max(height, 40)


@given(st.lists(st.floats(1e-30, 1e30), min_size=3, max_size=3), WIDTHS)
def test_a_longer_bar_is_a_larger_number(values, width):
    spread = Spread(last=1.0, low=1.0, mean=1.0, high=1.0)
    history = History()
    history.add(Frame(step=1, loss=spread, gradient_norm=spread, learning_rate=0.1, layers={"activation_gradient": tuple(values)}))
    printed = click.unstyle(read(Run(experiment(), STARTED, history, ended=Ended(run=1, status="done", step=1)), width))
    bars = [next(each.count("█") for each in printed.splitlines() if each.split()[:1] == [name]) for name in LAYERS]
    pairs = sorted(zip(values, bars, strict=True))
    assert [bar for _, bar in pairs] == sorted(bars) and min(bars) >= 1


@given(st.integers(1, 10**9), st.integers(1, 10**9), NUMBERS, st.floats(0.001, 1e6), st.integers(20, 200))
def test_the_progress_names_step_loss_and_time_left_and_fits(one, other, loss, elapsed, width):
    step, steps = sorted((one, other))
    shown = line(step, steps, loss, elapsed, width)
    assert len(shown) <= width
    whole = line(step, steps, loss, elapsed, 10_000)
    assert whole.startswith(f"step {grouped(step)} of {grouped(steps)} ") and f"loss {number(loss)}" in whole
    assert whole.endswith(" left") and whole.count("━") == 30 * step // steps


@given(st.integers(0, 10**8))
def test_a_time_is_told_in_its_two_largest_units(seconds):
    units = {"s": 1, "min": 60, "h": 3600}
    parts = left(seconds).split()
    told_seconds = sum(int(count) * units[unit] for count, unit in zip(parts[::2], parts[1::2], strict=True))
    assert 0 <= seconds - told_seconds < (60 if seconds >= 3600 else 1) and len(parts) in (2, 4)


BEFORE = """import sys
sys.stderr.write("PyTorch is imported here\\n")
raise SystemExit(9)
"""


def test_something_is_said_before_pytorch_is_imported(tmp_path, request):
    (tmp_path / "torch.py").write_text(BEFORE)
    env = {"PYTHONPATH": f"{tmp_path}:{request.config.rootpath}"}
    for command in ("run", "fix", "others", "verify"):
        with Terminal([sys.executable, "-m", "gradtui", command, "tutorial"], env=env) as t:
            assert t.exit_status() == 9
            before, _, after = t.received.partition(b"PyTorch is imported here")
            assert b"tarting PyTorch ..." in before and after


@pytest.mark.parametrize(
    "command", [["list", "optimizers"], ["explain", "choose-optimizer"], ["rum", "tutorial"], ["presets"]], ids=" ".join
)
def test_a_terminal_s_edge_breaks_no_word(command):
    def words(width):
        with Terminal([sys.executable, "-m", "gradtui", *command], size=(width, 400)) as t:
            t.exit_status()
            return t.text.split()

    assert words(50) == words(120)


@pytest.mark.parametrize(
    ("env", "colours", "characters"),
    [({}, True, True), ({"NO_COLOR": "1"}, False, True), ({"TERM": "dumb"}, False, True), ({"LC_ALL": "C"}, True, False)],
    ids=["plain", "no colour", "dumb", "ascii"],
)
def test_colours_and_characters_are_those_that_the_terminal_shows(env, colours, characters):
    command = [sys.executable, "-m", "gradtui", "run", "tutorial", "--steps", "200"]
    with Terminal(command, size=(100, 60), env=env) as t:
        assert t.exit_status() == 0
        t.assert_restored()
        row = next(at for at, each in enumerate(t.lines) if each.split()[:1] == ["out"])
        assert ("█" in t.lines[row]) == characters and ("#" in t.lines[row]) == (not characters)
        assert (t.cell(7, row).fg != "default") == colours
        assert "left" not in t.text and "starting" not in t.text
