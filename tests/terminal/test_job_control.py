"""Ctrl+Z, fg and bg, as every program in a shell has them."""

import re
import signal

import pytest

from tests.terminal.harness import Terminal

PROMPT = re.compile(r"^shell>\s*\Z", re.MULTILINE)
"""The shell waits for a line: a prompt, and nothing after it."""


@pytest.fixture
def shell():
    with Terminal(["bash", "--norc", "--noprofile", "-i"], size=(100, 30), env={"PS1": "shell> ", "HISTFILE": None}) as t:
        t.wait_for(PROMPT)
        yield t
        t.press("exit", "enter")
        assert t.exit_status() == 0
        t.assert_restored()


def test_suspended_and_brought_back_with_a_correct_screen(shell, command):
    shell.press(" ".join(command), "enter")
    shell.wait_for("Ready 100x30")
    shell.press("a")
    shell.wait_for("seen:a")
    shell.press("ctrl+z")
    assert "seen" not in shell.wait_for("Stopped", PROMPT)
    shell.resize(90, 25)
    shell.press("fg", "enter")
    assert "Stopped" not in shell.wait_for("Ready 90x25", "seen:a", "╭─ │█▌")
    shell.press("b")
    shell.wait_for("seen:ab")
    shell.press("q")
    shell.wait_for(PROMPT)


def test_the_job_stops_as_a_whole(shell, command):
    """As under `make run`: the shell waits for make, not for us."""
    shell.press(f"sh -c '{' '.join(command)}; echo left with $?'", "enter")
    shell.wait_for("Ready")
    shell.press("ctrl+z")
    shell.wait_for("Stopped", PROMPT)
    shell.press("fg", "enter")
    shell.wait_for("Ready")
    shell.press("q")
    shell.wait_for("left with 0", PROMPT)


def test_started_in_the_background_it_waits_for_the_terminal(shell, command):
    shell.press(f"{' '.join(command)} & wait $!; fg", "enter")
    shell.wait_for("Ready 100x30")
    shell.press("a")
    shell.wait_for("seen:a")
    shell.press("q")
    shell.wait_for(PROMPT)


def test_without_a_shell_to_come_back_to_nothing_stops(start):
    t = start()
    t.press("ctrl+z")
    t.wait_until(lambda: t.received.count(b"\x1b[?1049h") == 2, "the screen taken again")
    t.press("a")
    t.wait_for("seen:a")
    t.press("q")
    assert t.exit_status() == 0
    t.assert_restored()


def test_continued_without_having_stopped_it_goes_on(start):
    t = start()
    t.signal(signal.SIGCONT)
    t.wait_until(lambda: t.received.count(b"\x1b[?1049h") == 2, "the screen taken again")
    t.press("a")
    t.wait_for("seen:a", "╭─ │█▌")
    t.press("q")
    assert t.exit_status() == 0
    t.assert_restored()
