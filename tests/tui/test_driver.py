"""Between Textual and the terminal: what is read survives anything, what is written never waits, what is drawn is harmless."""

from __future__ import annotations

import os
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.events import Key, MouseDown

from gradtui.tui.terminal.filters import Ascii, Printable, PrintableErrors
from gradtui.tui.terminal.keyboard import Decoder, Keyboard
from gradtui.tui.terminal.launch import Surroundings, prepare, refusal, shows_unicode, survey
from gradtui.tui.terminal.output import LIMIT, Output

SEQUENCES = "\x1b[ \x1bO \x1b \x1b[M \x1b[< \x1b[200~ \x1b[201~ \x1b[48; t u $y 55296 9999999999 0 -1 ; : ?6 M m R ~ é"
PIECES = [*map(str.encode, SEQUENCES.split(" ")), b"\xff", b"\xc3"]
noise = st.lists(st.sampled_from(PIECES) | st.binary(max_size=4), max_size=30).map(b"".join)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """The data in pieces, cut at these places."""
    ends = sorted(place % (len(data) + 1) for place in places)
    return [data[a:b] for a, b in zip([0, *ends], [*ends, len(data)], strict=True)]


@given(st.text().filter(lambda text: "\ufffd" not in text and "\x1b" not in text), st.lists(st.integers(0, 10_000), max_size=5))
def test_text_arrives_as_it_was_sent_however_it_is_cut(text, places):
    decode = Decoder()
    assert "".join(map(decode, cut(text.encode(), places))) == text


@given(st.lists(st.binary(min_size=3, max_size=3), max_size=9), st.lists(st.integers(0, 10_000), max_size=5))
def test_old_mouse_reports_are_left_out_whatever_their_bytes(reports, places):
    keyboard = Keyboard()
    data = b"a" + b"".join(b"\x1b[M" + report for report in reports) + b"b"
    events = [event for piece in cut(data, places) for event in keyboard.feed(piece)]
    assert [event.key for event in events if isinstance(event, Key)] == ["a", "b"]
    assert len(events) == 2


@given(noise, st.lists(st.integers(0, 10_000), max_size=5))
def test_no_input_raises_and_the_next_key_is_read(data, places):
    keyboard = Keyboard()
    for piece in cut(data, places):
        for event in keyboard.feed(piece):
            assert not isinstance(event, Key) or event.character is None or event.character.encode()
    list(keyboard.feed(b"xyz" + b"\x1b[201~" + b"x" * 40))  # ends an old mouse report, a paste, an unfinished sequence
    assert [event.key for event in keyboard.feed(b"k") if isinstance(event, Key)] == ["k"]


def test_a_malformed_sequence_costs_no_key_after_it():
    events = list(Keyboard().feed(b"\x1b[1;1;99999999999uk\x1b[<0;3;4M"))
    assert any(isinstance(event, Key) and event.key == "k" for event in events)
    assert [(event.x, event.y) for event in events if isinstance(event, MouseDown)] == [(2, 3)]


@pytest.fixture
def pipe():
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


def test_what_is_written_arrives_in_order(pipe):
    output = Output(pipe[1], redraw=lambda: pytest.fail("nothing was lost"))
    output.start()
    for number in range(100):
        output.write(f"{number},")
    output.drain(60)
    assert output.pending == 0
    assert os.read(pipe[0], 4096).decode() == "".join(f"{number}," for number in range(100))


def test_a_stalled_terminal_blocks_nobody_and_is_drawn_anew_when_it_goes_on(pipe):
    output = Output(pipe[1], redraw=lambda: output.write("drawn anew"))
    output.start()
    frame = "é" * 5000
    for _ in range(100):
        output.write(frame)
    assert 0 < output.pending <= LIMIT
    received = b""
    while not received.endswith(b"drawn anew"):
        received += os.read(pipe[0], 1 << 16)
    frames = received.decode().removesuffix("drawn anew")
    assert frames == frame * (len(frames) // len(frame))
    assert LIMIT // 2 < len(received) < 100 * 10_000


def test_frames_that_wait_can_be_forgotten(pipe):
    output = Output(pipe[1], redraw=lambda: pytest.fail("nobody looks any more"))
    output.write("a frame that is left")
    output.discard()
    assert output.pending == 0
    output.write("restored")
    output.start()
    output.drain(60)
    assert os.read(pipe[0], 100) == b"restored"


def test_a_terminal_that_is_gone_takes_everything():
    read, write = os.pipe()
    os.close(read)
    output = Output(write, redraw=lambda: None)
    output.start()
    output.write("x" * 1000)
    output.drain(60)
    assert output.pending == 0
    os.close(write)


@given(st.text())
def test_nothing_invisible_is_drawn_and_widths_stay(text):
    (drawn,) = Printable().apply([Segment(text)], Color(0, 0, 0))
    assert drawn.text.isprintable()
    assert not {unicodedata.category(character) for character in drawn.text} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    if text.isprintable():
        assert drawn.text == text
    assert sum(map(cell_len, drawn.text)) == sum(map(cell_len, text))


@given(st.text(st.characters(exclude_categories=["C", "Z", "M"])))
def test_ascii_is_all_that_is_drawn_and_widths_stay(text):
    (drawn,) = Ascii().apply([Segment(text)], Color(0, 0, 0))
    assert drawn.text.isascii()
    assert len(drawn.text) == sum(map(cell_len, text))
    if text.isascii():
        assert drawn.text == text


def test_errors_are_printed_without_commands(capsys):
    PrintableErrors().write("a\n\x1b]52;c;x\x07b\u202e\n")
    assert capsys.readouterr().err == "a\n]52;c;xb\n"


@pytest.mark.parametrize(
    ("environ", "unicode"),
    [
        ({}, True),
        ({"LANG": "en_US.UTF-8"}, True),
        ({"LANG": "de_DE.utf8"}, True),
        ({"LANG": "C"}, False),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, False),  # as Python makes it of the C locale
        ({"LANG": "C.UTF-8"}, True),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "C"}, False),
        ({"LANG": "C", "LC_CTYPE": "en_US.UTF-8"}, True),
        ({"LANG": "", "LC_ALL": "", "LC_CTYPE": ""}, True),
    ],
)
def test_the_locale_says_what_can_be_shown(environ, unicode):
    assert shows_unicode(environ) is unicode


def test_surroundings():
    assert survey({"LANG": "C.UTF-8", "TERM": "xterm-256color"}) == Surroundings(fps=10, mouse=True, ascii=False)
    assert survey({"SSH_CONNECTION": "a 1 b 2", "TERM": "xterm-256color"}) == Surroundings(fps=4, mouse=False, ascii=False)
    assert survey({"SSH_CONNECTION": "a 1 b 2"}, fps=20).fps == 20
    assert survey({"TERM": "linux"}).sixteen


def test_what_the_user_chose_for_textual_stays():
    chosen = {"TEXTUAL_ANIMATIONS": "full", "TEXTUAL_THEME": "nord", "NO_COLOR": "1"}
    environ = chosen | {"COLUMNS": "10", "LINES": "5"}
    prepare(environ)
    assert environ.items() >= chosen.items()
    assert not {"COLUMNS", "LINES"} & environ.keys()


@pytest.mark.parametrize("stream", ["stdin", "stdout"])
def test_a_stream_that_does_not_exist_is_refused(monkeypatch, stream):
    monkeypatch.setattr(f"sys.{stream}", None)
    assert "`gradtui run`" in str(refusal({"TERM": "xterm"}))
