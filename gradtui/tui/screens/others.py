"""What others would say: the table of gradtui and the published tools over the Lab, with the numbers behind it."""

from __future__ import annotations

from typing import ClassVar

from rich.console import Group, RenderableType
from rich.table import Table as Columns
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from gradtui.core.text import grouped
from gradtui.diagnosis.published.registry import PUBLISHED
from gradtui.diagnosis.published.table import LEGEND, Row, Table, grid
from gradtui.tui.screens.dialog import Dialog
from gradtui.tui.widgets.page import Page


class OthersDialog(Dialog[None]):
    """One page over the screen."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,t,enter", "dismiss", show=False)]

    def __init__(self, table: Table) -> None:
        super().__init__()
        self._page = Page(_page(table), id="others", classes="box")
        self._page.border_title = f"What others would say at step {grouped(table.step)}"
        self._page.border_subtitle = "↑↓ Scroll  esc Back"

    def compose(self) -> ComposeResult:
        yield self._page


def _page(table: Table) -> Group:
    parts: list[RenderableType] = [_matrix(table), Text(), Text(LEGEND, "dim")]
    for row in table.telling:
        parts += [Text(), Text(row.title, "bold"), _reasons(row)]
    parts += [Text(), Text("Where their thresholds come from, and where our measurement is not quite theirs", "bold"), _sources()]
    return Group(*parts)


def _matrix(table: Table) -> Text:
    """The table; what speaks in bold."""
    text = Text("\n".join(grid(table)), no_wrap=True)
    text.highlight_words(["yes"], "bold")
    return text


def _reasons(row: Row) -> Columns:
    columns = _columns()
    for opinion in row.opinions:
        columns.add_row(Text(opinion.tool, "bold" if opinion.says else ""), Text(opinion.words))
    return columns


def _sources() -> Columns:
    columns = _columns()
    for tool in PUBLISHED.values():
        columns.add_row(tool.name, Text(f"{tool.source}. {tool.limits}"))
    return columns


def _columns() -> Columns:
    columns = Columns.grid(padding=(0, 2, 0, 0))
    columns.add_column(width=max(map(len, PUBLISHED)))
    columns.add_column()
    return columns
