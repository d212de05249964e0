"""A page as plain text, for a terminal that only prints."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from gradtui.core.measured.run import Run
from gradtui.lessons.page import QUESTIONS, Block, Page, pages

WIDTH = 80
"""Columns that a printed page takes at the most."""


def printed(page: Page, run: Run) -> str:
    """The page with the run's numbers, in lines of at most 80 columns."""
    lines = [page.title, "=" * len(page.title)]
    for before, block in _pairs(page.filled(run)):
        if block.kind != before or block.kind in ("text", "heading"):
            lines.append("")
        lines += _lines(block)
    return "\n".join(lines)


def contents() -> str:
    """The names and titles of all pages, a line each."""
    width = max(map(len, pages()))
    lines = [f"{page.name:{width}}  {page.title}" for page in pages().values()]
    return "\n".join(["Questions", *lines[: len(QUESTIONS)], "", "Signs of trouble", *lines[len(QUESTIONS) :]])


def _pairs(blocks: Iterator[Block]) -> Iterator[tuple[str, Block]]:
    """Each block with the kind of the one before it."""
    before = ""
    for block in blocks:
        yield before, block
        before = block.kind


def _lines(block: Block) -> list[str]:
    if block.kind == "formula":
        return [f"    {block.text}"]
    if block.kind == "heading":
        return [block.text, "-" * len(block.text)]
    first, then = {"item": ("- ", "  "), "finding": ("! ", "  ")}.get(block.kind, ("", ""))
    return textwrap.wrap(
        block.text, WIDTH, initial_indent=first, subsequent_indent=then, break_long_words=False, break_on_hyphens=False
    )
