"""What is sent makes the terminal show the picture, and nothing more than that is sent. Another terminal (pyte) is the judge."""

from __future__ import annotations

from collections.abc import Sequence

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Offset, Region, Size

from gradtui.tui.screens.place import height_beside, place, width_beside
from gradtui.tui.terminal.picture import Cell, Picture, changed, switched

WIDTH, HEIGHT = 24, 5
STYLES = [
    None,
    *map(
        Style.parse,
        ("red", "bold blue on white", "bright_green", "#102030 on #405060", "underline #102030 on #405060", "on color(99)"),
    ),
    Style.parse("red").from_meta({"@click": "a"}),
]
Piece = tuple[int, int, list[Segment]]


@st.composite
def lines(draw: st.DrawFn, width: int, characters: str) -> list[Segment]:
    """Segments of exactly this width."""
    segments: list[Segment] = []
    while width:
        text = draw(st.text(characters, min_size=1, max_size=width))
        segment = Segment(text, draw(st.sampled_from(STYLES)))
        if segment.cell_length <= width:
            segments.append(segment)
            width -= segment.cell_length
    return segments


@st.composite
def updates(draw: st.DrawFn) -> list[Piece]:
    """Whole lines, with wide characters too, or pieces of lines."""
    if draw(st.booleans()):
        return [(0, y, draw(lines(WIDTH, "ab 漢"))) for y in range(HEIGHT)]
    starts = draw(st.lists(st.tuples(st.integers(0, WIDTH - 1), st.integers(0, HEIGHT - 1)), max_size=4))
    return [(x, y, draw(lines(draw(st.integers(1, WIDTH - x)), "abc "))) for x, y in starts]


class Judge:
    """A terminal that is drawn on twice: with all that is wanted, and with what is sent."""

    def __init__(self) -> None:
        self.wanted, self.shown = (pyte.Screen(WIDTH, HEIGHT) for _ in range(2))
        self.picture = Picture()

    def paint(self, pieces: Sequence[Piece]) -> str:
        sent = self.picture.paint(Size(WIDTH, HEIGHT), pieces, ColorSystem.TRUECOLOR)
        pyte.Stream(self.shown).feed(sent)
        for x, y, segments in pieces:
            drawn = "".join(style.render(text) if style else text for text, style, _ in segments)
            pyte.Stream(self.wanted).feed(f"\x1b[{y + 1};{x + 1}H{drawn}")
        return sent


@given(st.lists(updates(), max_size=6))
def test_the_terminal_shows_what_was_painted(painted: list[list[Piece]]) -> None:
    judge = Judge()
    for pieces in painted:
        judge.paint(pieces)
        for y in range(HEIGHT):
            wanted, shown = ([screen.buffer[y][x] for x in range(WIDTH)] for screen in (judge.wanted, judge.shown))
            assert wanted == shown


@given(updates(), updates())
def test_what_stands_there_already_is_not_sent_again(first: list[Piece], second: list[Piece]) -> None:
    judge = Judge()
    whole = [(0, y, [Segment("." * WIDTH)]) for y in range(HEIGHT)]
    judge.paint(whole)
    judge.paint(first)
    judge.paint(second)
    assert judge.paint(second[-1:]) == ""


def test_after_it_was_forgotten_everything_is_sent() -> None:
    judge = Judge()
    whole = [(0, y, [Segment("." * WIDTH)]) for y in range(HEIGHT)]
    first = judge.paint(whole)
    assert judge.paint(whole) == ""
    judge.picture.forget()
    assert judge.paint(whole) == first


def test_what_lies_outside_is_left_out() -> None:
    judge = Judge()
    judge.paint([(WIDTH - 2, 1, [Segment("abcd")]), (WIDTH, 1, [Segment("no")]), (0, HEIGHT, [Segment("no")])])
    assert judge.shown.display[1].rstrip().endswith("ab") and "no" not in "".join(judge.shown.display)


@pytest.mark.parametrize("cut", [0, 1, 2, 3])
def test_a_wide_character_that_was_cut_is_sent_whole(cut: int) -> None:
    judge = Judge()
    for x, text in ((0, "a漢字b"), (1 + cut, "x"), (0, "a漢字b")):
        judge.paint([(x, 0, [Segment(text)])])
    assert judge.shown.display[0].rstrip() == "a漢字b"


def test_of_a_style_only_what_differs_is_sent() -> None:
    assert switched("38;2;1;2;3;48;2;4;5;6", "38;2;7;8;9;48;2;4;5;6") == "\x1b[38;2;7;8;9m"
    assert switched("31;40", "1;31;40") == "\x1b[1m" and switched("1;31", "31") == "\x1b[0;31m" and switched("31", "") == "\x1b[m"


def test_changes_far_apart_are_sent_apart() -> None:
    def row(text: str) -> list[Cell]:
        return [(character, "") for character in text]

    assert list(changed(row("a" + "." * 20 + "b" + "." * 20), row("x" + "." * 20 + "y" + "." * 20))) == [(0, 1), (21, 22)]


@st.composite
def fields(draw: st.DrawFn) -> tuple[Region, Size, Size]:
    """A line on a screen, and a box that keeps to the room that it is given."""
    screen = Size(draw(st.integers(60, 250)), draw(st.integers(18, 80)))
    line = Region(draw(st.integers(0, 40)), draw(st.integers(1, screen.height - 2)), draw(st.integers(20, screen.width)), 1)
    line = line.intersection(screen.region)
    box = Size(
        draw(st.integers(20, min(100, width_beside(line, screen) or screen.width))),
        draw(st.integers(4, max(4, height_beside(line, screen)))),
    )
    return line, box, screen


@given(fields())
def test_a_box_stands_on_the_screen_and_never_on_what_it_edits(drawn: tuple[Region, Size, Size]) -> None:
    line, box, screen = drawn
    stands = Region.from_offset(place(line, box, screen), box)
    assert stands in screen.region
    assert not stands.overlaps(line)
    assert place(Region(), box, screen) == Offset((screen.width - box.width) // 2, (screen.height - box.height) // 2)


@pytest.mark.parametrize(
    ("line", "x", "y"),
    [
        (Region(0, 14, 34, 1), 34, 13),  # level with its line
        (Region(0, 38, 34, 1), 34, 30),  # as low as it can
        (Region(0, 10, 120, 1), 0, 11),  # below
        (Region(0, 35, 120, 1), 0, 25),  # above
    ],
)
def test_where_a_box_goes(line: Region, x: int, y: int) -> None:
    assert place(line, Size(80, 10), Size(120, 40)) == (x, y)
