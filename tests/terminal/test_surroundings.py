"""What the terminal can do decides what it is sent."""

import re
import subprocess

import pytest

from tests.terminal.harness import Terminal

COLOURS = re.compile(rb"\x1b\[[\d;]*\b(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])\b[\d;]*m")
COMMANDS = re.compile("\x1b\\]|\x85|\x9b|\u202e".encode())
MOUSE = b"\x1b[?1000h"
OWN = b"\x1b]22;default\x07", b"\x1b]11;?\x1b\\"
"""Textual's pointer shape, and the question for the background's colour."""


def _from_outside(received: bytes) -> bytes:
    for own in OWN:
        received = received.replace(own, b"")
    return received


@pytest.mark.parametrize(
    "options",
    [{"stdin": subprocess.DEVNULL}, {"stdout": subprocess.DEVNULL}, {"env": {"TERM": "dumb"}}, {"env": {"TERM": None}}],
    ids=["input", "output", "dumb", "no TERM"],
)
def test_no_screen_is_refused_in_a_sentence(command, options):
    with Terminal(command, **options) as t:
        assert t.exit_status() == 2
        said = t.text.replace("before", "").strip()
        assert said.startswith("gradtui: ")
        assert "`gradtui run`" in said
        assert "\n" not in said
        assert b"\x1b" not in t.received


def test_closed_streams_are_refused(command):
    with Terminal(["sh", "-c", '"$@" <&-', "sh", *command]) as t:
        assert t.exit_status() == 2


def test_defaults(start):
    t = start()
    t.wait_for("fps 10 mouse True ascii False None")
    assert MOUSE in t.received
    assert COLOURS.search(t.received)


def test_over_ssh_few_bytes_and_no_mouse(start):
    t = start(env={"SSH_CONNECTION": "10.0.0.1 50000 10.0.0.2 22"})
    t.wait_for("fps 4 mouse False")
    assert MOUSE not in t.received


def test_the_terminal_is_believed_rather_than_the_environment(start):
    t = start(size=(90, 28), env={"COLUMNS": "200", "LINES": "60"})
    t.wait_for("Ready 90x28", "None")
    t.resize(80, 24)
    t.wait_for("Ready 80x24")


def test_no_color(start):
    t = start(env={"NO_COLOR": "1"})
    t.wait_for("╭─ │█▌")
    assert not COLOURS.search(t.received)


@pytest.mark.parametrize("locale", [{"LANG": "C"}, {"LC_ALL": "POSIX"}, {"LANG": "de_DE.ISO-8859-1"}])
def test_ascii_where_the_locale_has_no_more(start, locale):
    t = start("hostile", env=locale)
    t.wait_for("ascii True", "+- |## ' e ~")
    assert t.received.isascii()


def test_nothing_in_a_text_reaches_the_terminal_as_a_command(start):
    t = start("hostile", size=(120, 50))
    t.wait_until(lambda: t.text.count("a]52;c;SGFjaw==b31mc") >= 10, "the hostile text, ten times")
    assert not COMMANDS.search(_from_outside(t.received))


def test_nothing_in_an_exception_reaches_the_terminal_as_a_command(start):
    t = start("hostile")
    t.press("ctrl+x")
    assert t.exit_status() == 1
    assert "RuntimeError: a]52;c;SGFjaw==b31mc" in t.text
    assert not COMMANDS.search(_from_outside(t.received))
