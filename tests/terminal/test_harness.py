"""The harness tells what it is for: a screen that never comes, a terminal left changed, a process left behind."""

import sys

import pytest

from tests.terminal.harness import Terminal

PYTHON = [sys.executable, "-c"]


def test_a_text_that_does_not_come_is_told_with_the_screen():
    with Terminal([*PYTHON, "print('only this')"]) as t, pytest.raises(AssertionError, match="only this"):
        t.wait_for("something else")


def test_a_program_that_hangs_is_told_by_the_deadline():
    with Terminal([*PYTHON, "input()"], deadline=0.1) as t, pytest.raises(AssertionError, match="not within"):
        t.exit_status()


@pytest.mark.parametrize(
    ("program", "left"),
    [
        ("print(end='\\x1b[?1049h')", "alternate screen"),
        ("print(end='\\x1b[?1003h')", "mouse"),
        ("print(end='\\x1b[?25l')", "visible cursor"),
        ("print(end='\\x1b[?2004h')", "bracketed paste"),
        ("print(end='\\x1b[>25u')", "kitty keyboard protocol"),
        ("import tty; tty.setraw(0)", "line discipline"),
    ],
)
def test_what_is_left_changed_is_named(program, left):
    with Terminal([*PYTHON, program]) as t:
        assert t.exit_status() == 0
        with pytest.raises(AssertionError, match=left):
            t.assert_restored()


def test_the_alternate_screen_gives_the_main_one_back():
    with Terminal([*PYTHON, "print('main'); print(end='\\x1b[?1049h\\x1b[Hother'); input(); print(end='\\x1b[?1049l')"]) as t:
        assert "main" not in t.wait_for("other")
        t.press("enter")
        assert t.exit_status() == 0
        assert t.text.strip() == "main"
        t.assert_restored()


def test_a_process_left_behind_is_found_even_in_another_session():
    left = "subprocess.Popen(['sh', '-c', 'echo up; sleep 1000'], start_new_session=True)"
    with Terminal([*PYTHON, f"import os, subprocess; {left}; input(); os._exit(7)"]) as t:
        t.wait_for("up")
        t.press("enter")
        assert t.exit_status() == 7
        assert [name for name in t.survivors().values() if "sleep 1000" in name]
    assert not t.survivors()
