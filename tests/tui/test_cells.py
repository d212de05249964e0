from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.geometry import Region
from textual.strip import Strip

from gradtui.tui.terminal.updates import CellsApp, CroppedUpdate
from gradtui.tui.theme import colours
from gradtui.tui.widgets.cells import Cell, Cells, Picture, cells_of, changed

RED, BLUE = Style.parse("red"), Style.parse("blue")
CHARACTERS = "ab 漢字"


@st.composite
def pictures(draw: st.DrawFn, width: int, height: int) -> Picture:
    text = st.text(CHARACTERS, max_size=width + 2)
    rows = [Text.assemble((draw(text), RED), (draw(text), BLUE)) for _ in range(height)]
    return [cells_of(row, width, Style(), lambda style: style if isinstance(style, Style) else Style()) for row in rows]


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Picture, Picture]:
    width, height = draw(st.integers(1, 30)), draw(st.integers(1, 3))
    return draw(pictures(width, height)), draw(pictures(width, height))


@given(pair=pairs())
def test_the_changed_regions_make_the_new_picture_of_the_old_one(pair: tuple[Picture, Picture]) -> None:
    old, new = pair
    screen = [list(row) for row in old]
    for x, y, width, height in changed(old, new):
        assert height == 1
        for picture in pair:
            assert picture[y][x][0] != ""
            assert x + width == len(picture[y]) or picture[y][x + width][0] != ""
        screen[y][x : x + width] = new[y][x : x + width]
    assert screen == new


@given(pair=pairs())
def test_what_is_equal_is_not_sent(pair: tuple[Picture, Picture]) -> None:
    old, new = pair
    assert list(changed(old, old)) == []
    for region in changed(old, new):
        assert old[region.y][region.x : region.right] != new[region.y][region.x : region.right]


def test_changes_far_apart_are_sent_apart() -> None:
    def row(text: str) -> list[Cell]:
        return [(character, RED) for character in text]

    old, new = [row("a" + "." * 20 + "b" + "." * 20)], [row("x" + "." * 20 + "y" + "." * 20)]
    assert list(changed(old, new)) == [Region(0, 0, 1, 1), Region(21, 0, 1, 1)]


@given(text=st.text(st.characters() | st.sampled_from("漢\x1b\u202e\u0301"), max_size=40), width=st.integers(0, 30))
def test_a_row_has_exactly_its_width_and_nothing_invisible(text: str, width: int) -> None:
    row = cells_of(Text(text), width, Style(), lambda style: Style())
    assert len(row) == width
    shown = "".join(character for character, _ in row)
    assert cell_len(shown) == width
    assert not {"\x1b", "\u202e", "\x07"} & set(shown)


class Recording(Cells):
    """Remembers what it asked Textual to refresh."""

    COMPONENT_CLASSES = {"mine--good"}  # noqa: RUF012
    DEFAULT_CSS = "Recording .mine--good { color: $grad-healthy; }"

    def __init__(self) -> None:
        super().__init__()
        self.refreshed: list[tuple[tuple[Region, ...], bool]] = []

    def refresh(self, *regions: Region, layout: bool = False, **options: Any) -> Recording:
        self.refreshed.append((regions, layout))
        return super().refresh(*regions, layout=layout, **options)

    def text(self) -> list[str]:
        return [self.render_line(y).text for y in range(self.size.height)]


class Demo(CellsApp):
    CSS = "Recording { height: 3; width: 20; }"

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return colours(self.current_theme)

    def compose(self) -> ComposeResult:
        yield Recording()


async def test_only_changed_cells_are_refreshed() -> None:
    async with Demo().run_test() as pilot:
        cells = pilot.app.query_one(Recording)
        cells.show([Text("loss 1.00"), Text("still")])
        await pilot.pause()
        cells.refreshed.clear()
        cells.show([Text("loss 1.00"), Text("still")])
        assert cells.refreshed == []
        cells.show([Text("loss 1.25"), Text("still")])
        assert cells.refreshed == [((Region(7, 0, 2, 1),), False)]
        assert cells.text() == [f"{'loss 1.25':<20}", f"{'still':<20}", " " * 20]


async def test_rows_longer_or_more_than_fit_are_cropped_and_a_resize_shows_more() -> None:
    async with Demo().run_test() as pilot:
        cells = pilot.app.query_one(Recording)
        cells.show([Text("x" * 19 + "漢字"), *[Text(str(at)) for at in range(9)]])
        await pilot.pause()
        assert cells.text() == ["x" * 19 + " ", f"{'0':<20}", f"{'1':<20}"]
        cells.styles.width, cells.styles.height = 22, 4
        await pilot.pause()
        assert cells.text() == ["x" * 19 + "漢 ", *[f"{at:<22}" for at in "012"]]


async def test_names_of_styles_follow_the_theme() -> None:
    async with Demo().run_test() as pilot:
        cells = pilot.app.query_one(Recording)
        cells.show([Text("ok", ".mine--good")])
        seen = []
        for theme in ("textual-dark", "textual-light"):
            pilot.app.theme = theme
            await pilot.pause()
            (first, *_) = cells.render_line(0)
            assert first.style is not None and first.style.color is not None
            seen.append(first.style.color.get_truecolor().hex.upper())
            assert seen[-1] == colours(pilot.app.current_theme)["grad-healthy"]
        assert seen[0] != seen[1]


async def test_rows_shown_before_the_widget_is_mounted_are_there_afterwards() -> None:
    cells = Recording()
    cells.show([Text("early")])

    class Late(Demo):
        def compose(self) -> ComposeResult:
            yield cells

    async with Late().run_test():
        assert cells.text()[0].rstrip() == "early"


@pytest.mark.parametrize(("x1", "x2", "sent"), [(0, 12, "abcdefuvwxyz"), (2, 4, "cd"), (4, 8, "efuv"), (9, 10, "x")])
def test_an_update_is_cropped_at_both_ends(x1: int, x2: int, sent: str) -> None:
    chops = [{0: Strip([Segment("abcdef")]), 6: Strip([Segment("uvwxyz")])}]
    update = CroppedUpdate(chops, [(0, x1, x2)], [[6, 12]])
    text = Text.from_ansi(
        update.render_segments(Console(color_system=None)).replace(f"\x1b[1;{x1 + 1}H", "").replace("\x1b[1;7H", "")
    )
    assert text.plain == sent
