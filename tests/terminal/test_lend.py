"""Lending the terminal: whose keys and signals they are meanwhile, and that everything is as before afterwards."""

import signal
import sys

import pytest

from tests.terminal.harness import Terminal

LENDER = """
import signal, sys
from gradtui.tui.terminal.lend import lend
signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTSTP, signal.SIGTERM, signal.SIGHUP)]
lend(sys.argv[1:])
after = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTSTP, signal.SIGTERM, signal.SIGHUP)]
print("back", "as before" if after == handlers else after)
"""


@pytest.fixture
def lent():
    """Starts a lender of the terminal to this line of shell."""
    opened = []

    def start(line):
        t = Terminal([sys.executable, "-c", LENDER, "sh", "-c", line])
        opened.append(t.__enter__())
        t.wait_for("started")
        return t

    yield start
    for t in opened:
        t.__exit__(None, None, None)


def test_ctrl_c_ends_the_program_alone(lent):
    t = lent("echo started; exec cat")
    t.press("ctrl+c")
    t.wait_for("back as before")
    assert t.exit_status() == 0
    t.wait_alone()


def test_ctrl_z_stops_nothing(lent):
    t = lent("echo started; exec cat")
    t.press("ctrl+z")
    t.wait_for("^Z")
    t.press("words", "enter")
    t.wait_until(lambda: t.text.count("words") == 2)
    t.press("ctrl+d")
    t.wait_for("back as before")
    assert t.exit_status() == 0


def test_a_signal_to_the_lender_ends_the_program_and_then_the_lender(lent):
    t = lent("echo started; exec cat")
    t.signal(signal.SIGTERM)
    assert t.exit_status() == 7
    t.wait_alone()


def test_a_program_that_misses_the_signal_is_told_again(lent):
    t = lent("trap 'trap - TERM' TERM; echo started; while :; do sleep 0.1; done")
    t.signal(signal.SIGTERM)
    assert t.exit_status() == 7
    t.wait_alone()


def test_a_program_that_is_not_there_changes_nothing():
    with Terminal([sys.executable, "-c", LENDER, "/nowhere/ssh"]) as t:
        t.wait_for("back as before")
        assert t.exit_status() == 0
