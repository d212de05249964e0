"""What the real program sends: each screen in one paint, and little while something lies over a Lab that trains."""

import sys
from pathlib import Path

import pytest

from tests.terminal.harness import Terminal

LAB = [sys.executable, "-m", "tests.terminal.apps.lab"]
ROOT = Path(__file__).parents[2]
PROGRAM = [sys.executable, "-m", "gradtui", "vanishing-sigmoid"]
SYNCHRONIZED = b"\x1b[?2026;2$y"
"""What a terminal answers that shows what stands between two marks at once."""
BEGIN, END = b"\x1b[?2026h", b"\x1b[?2026l"
ESCAPE = "\x1b\x1b[201~"
"""Escape, told at once: the end of a paste that never began follows, instead of the tenth of a second in which nothing does."""

SEEN = {
    "p": "About",
    "e": "What happens",
    "w": "Save as a preset",
    "o": "Open an address",
    "?": "In the Lab",
    "ctrl+p": "Search for",
    "enter": "enter Take",
}
"""Keys that open something over the Lab, and what it is known by."""


def paints(t):
    """How many there were, once the last one is whole."""
    t.wait_until(lambda: t.received.count(BEGIN) == t.received.count(END), "the whole paint")
    return t.received.count(END)


@pytest.fixture
def opened(tmp_path):
    """Starts the program in a terminal of a size, one that knows of paints."""
    terminals = []

    def start(size, **options):
        terminals.append(t := Terminal(PROGRAM, size=size, cwd=tmp_path, **options))
        t.send(SYNCHRONIZED)
        t.wait_for("Press Space", "q Quit")
        return t

    yield start
    for t in terminals:
        t.__exit__(None, None, None)


class Counted:
    """A program whose every key must be answered by one paint, which brings some words or takes them away."""

    def __init__(self, terminal):
        self.terminal = terminal
        self.before = paints(terminal)
        self.answers = []

    def press(self, key, *shown, gone=""):
        self.terminal.press(key)
        self.did(key, *shown, gone=gone)

    def did(self, what, *shown, gone=""):
        self.terminal.wait_gone(gone) if gone else self.terminal.wait_for(*shown)
        self.answers.append((what, paints(self.terminal) - self.before))

    def end(self):
        self.terminal.press("ctrl+q")
        assert self.terminal.exit_status() == 0
        assert paints(self.terminal) - self.before == len(self.answers), self.answers


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
def test_every_key_is_answered_in_one_paint(opened, size):
    t = opened(size)
    t.press("2")
    t.wait_for("›optimizer")
    counted = Counted(t)
    for key, words in SEEN.items():
        counted.press(key, words)
        counted.press(ESCAPE, gone=words)
    counted.press("down", "›learning rate")
    if size[0] >= 100:
        counted.press("5", gone="›learning rate")
        counted.press("z", "esc Back")
        counted.press("z", gone="esc Back")
    counted.end()


def test_another_size_is_painted_once(opened):
    t = opened((120, 40))
    t.press("2", "down")
    t.wait_for("›learning rate")
    t.press("enter")
    t.wait_for("Allowed")
    counted = Counted(t)
    for size, words in (((80, 24), "mlp 20x32"), ((200, 60), "Over time"), ((120, 40), "mlp ▾")):
        t.resize(*size)
        counted.did(f"{size}", "Allowed", words)
    counted.press(ESCAPE, gone="Allowed")
    counted.end()


def test_nothing_that_is_open_costs_more_bytes_than_the_lab(tmp_path):
    def cost():
        before, bells = len(t.received), t.received.count(b"\a")
        t.press("ctrl+g")
        t.wait_until(lambda: t.received.count(b"\a") > bells, "thirty frames")
        return len(t.received) - before

    with Terminal(LAB, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}) as t:
        t.send(SYNCHRONIZED)
        t.wait_for("Press Space", "q Quit")
        cost()
        t.press("2")
        t.wait_for("›optimizer")
        costs = {}
        for key, words in SEEN.items():
            costs["Lab"] = max(costs.get("Lab", 0), cost())
            t.press(key)
            t.wait_for(words)
            cost()
            costs[key] = cost()
            t.press(ESCAPE)
            t.wait_gone(words)
            paints(t)
        told = {key: round(spent / costs["Lab"], 2) for key, spent in costs.items()}
        assert max(told.values()) <= 1, told
        assert max(told["p"], told["e"]) < 0.1, told


@pytest.mark.parametrize("over", [None, "?"])
def test_what_something_else_wrote_over_the_screen_is_painted_over(opened, over):
    t = opened((120, 40))
    if over:
        t.press(over)
        t.wait_for(SEEN[over])
    paints(t)
    before = t.text
    t._stream.feed(b"\x1b[2J\x1b[5;5Hwall: the disk is full")
    assert t.text != before
    t.press("ctrl+l")
    t.wait_until(lambda: t.text == before, "the screen as it was")
