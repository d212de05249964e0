from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.geometry import Region

from gradtui.tui.terminal.updates import CellsApp
from gradtui.tui.theme import colours
from gradtui.tui.widgets.cells import Cells, cells_of


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


async def test_only_changed_rows_are_refreshed() -> None:
    async with Demo().run_test() as pilot:
        cells = pilot.app.query_one(Recording)
        cells.show([Text("loss 1.00"), Text("still")])
        await pilot.pause()
        cells.refreshed.clear()
        cells.show([Text("loss 1.00"), Text("still")])
        assert cells.refreshed == []
        cells.show([Text("loss 1.25"), Text("still")])
        assert cells.refreshed == [((Region(0, 0, 20, 1),), False)]
        assert cells.text() == [f"{'loss 1.25':<20}", f"{'still':<20}", " " * 20]
        cells.refreshed.clear()
        cells.show([Text("loss 1.25", ".mine--good"), Text("still")])
        assert cells.refreshed == [((Region(0, 0, 20, 1),), False)], "another style is another row"


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
