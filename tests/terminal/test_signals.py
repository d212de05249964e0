"""However the program ends, the terminal is as it was and the exit status says how."""

import signal
import subprocess

import pytest

from tests.terminal.harness import Terminal


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)])
def test_a_signal_ends_the_app_with_its_status(start, number, status):
    t = start()
    t.signal(number)
    assert t.exit_status() == status
    t.assert_restored()


def test_quitting_is_success(start):
    t = start()
    t.press("q")
    assert t.exit_status() == 0
    t.assert_restored()
    t.wait_alone()


def test_an_exception_is_readable_on_the_restored_terminal(start):
    t = start()
    t.press("x")
    assert t.exit_status() == 1
    assert "RuntimeError: the handler failed" in t.text
    t.assert_restored()


def test_the_end_of_the_terminal_ends_the_app(start):
    t = start()
    t.hang_up()
    assert t.exit_status() == 129


def test_the_end_of_the_terminal_counts_where_sighup_is_ignored(command):
    with Terminal(["sh", "-c", 'trap "" HUP; "$@"; exit $?', "sh", *command]) as t:
        t.wait_for("Ready")
        t.hang_up()
        assert t.exit_status() == 129


def test_a_terminal_that_takes_no_bytes_holds_nothing_up(start):
    t = start()
    t.press("s")
    t.signal(signal.SIGTERM)
    assert t.process.wait(t.deadline) == 143


def test_frames_lost_on_a_stalled_link_are_drawn_again(start):
    t = start()
    t.press("s")
    t.wait_until(lambda: b"1010101010" in t.received and not any(line[:1].isdigit() for line in t.lines), "the flood gone again")
    t.wait_for("Ready 120x40", "╭─ │█▌")


def test_errors_can_be_redirected(start):
    t = start(stderr=subprocess.DEVNULL)
    t.press("q")
    assert t.exit_status() == 0
    t.assert_restored()
