"""The terminal is asked whether it is light; what it answers, or does not, is nobody's keys."""

from __future__ import annotations

import pytest

from gradtui.tui.terminal.ground import Ground
from gradtui.tui.terminal.keyboard import Keyboard
from tests.terminal.harness import Terminal

ASKED, KIND = b"\x1b]11;?\x1b\\\x1b[c", b"\x1b[?62;22c"


@pytest.mark.parametrize(
    ("answer", "light"),
    [
        (b"\x1b]11;rgb:ffff/ffff/ffff\x1b\\" + KIND, True),
        (b"\x1b]11;rgb:fd/f6/e3\x07" + KIND, True),
        (b"\x1b]11;rgba:1e1e/1e1e/2e2e/ffff\x1b\\" + KIND, False),
        (KIND, None),
    ],
)
def test_what_is_typed_meanwhile_is_kept_and_the_answer_is_not_typed(command, answer, light):
    with Terminal(command) as t:
        t.wait_until(lambda: ASKED in t.received, "the question")
        t.send(b"ab" + answer + b"c")
        t.wait_for("Ready", f"light {light}", "seen:abc")
        t.press("q")
        assert t.exit_status() == 0
        t.assert_restored()


@pytest.mark.parametrize("env", [{"TERM": "linux"}, {"TEXTUAL_THEME": "nord"}])
def test_no_question_where_none_would_be_answered(start, env):
    t = start(env=env)
    assert b"\x1b]11" not in t.received


def test_an_answer_that_comes_late_presses_nothing(start):
    t = start()
    t.send(b"\x1b]11;rgb:ffff/ffff/ffff\x1b\\" + KIND + b"a")
    t.wait_for("seen:a")


@pytest.mark.parametrize("cut", range(2, 26))
def test_an_answer_in_two_pieces_presses_nothing(cut):
    keyboard, answer = Keyboard(), b"\x1b]11;rgb:ffff/ffff/ffff\x1b\\"
    assert [*keyboard.feed(answer[:cut]), *keyboard.feed(answer[cut:])] == []


def test_what_only_begins_like_an_answer_is_typed_after_all():
    keyboard = Keyboard()
    events = [*keyboard.feed(b"\x1b]1")]
    while "1" not in [event.character for event in events]:
        events += keyboard.tick()


def test_silence_and_nonsense_tell_nothing():
    for said in (b"", b"\x1b]11;rgb:zz/00/00\x1b\\", b"\x1b]11;?\x1b\\"):
        ground = Ground()
        ground.take(said)
        assert ground.light is None and ground.typed == said
