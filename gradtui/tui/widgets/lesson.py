"""A page of a lesson as styled text."""

from __future__ import annotations

import re

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from gradtui.core.measured.run import Run
from gradtui.lessons.page import Block, Page


def lesson(page: Page, run: Run, showed: str = "") -> Group:
    """The page with the run's numbers, and what a study showed."""
    shown: list[Text | Padding | Table] = []
    before = ""
    for block in page.filled(run, showed):
        if shown and (block.kind in ("text", "heading") or block.kind != before) and before != "heading":
            shown.append(Text())
        shown.append(_drawn(block))
        before = block.kind
    return Group(*shown)


def _drawn(block: Block) -> Text | Padding | Table:
    if block.kind == "heading":
        return Text(block.text, "bold")
    if block.kind == "formula":
        return Padding(Text(block.text, "italic"), (0, 0, 0, 4))
    if block.kind == "item":
        return _hung("•", _marked(block.text))
    return _hung("!", Text(block.text, "bold")) if block.kind == "finding" else _marked(block.text)


def _hung(sign: str, text: Text) -> Table:
    """Text with a sign in front, its further lines beneath the first word."""
    grid = Table.grid(padding=(0, 1))
    grid.add_row(sign, text)
    return grid


def _marked(text: str) -> Text:
    """Text with what stands between backquotes in bold."""
    return Text.assemble(*((part, "bold" if at % 2 else "") for at, part in enumerate(re.split("`", text))))
