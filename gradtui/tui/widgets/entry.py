"""A line to type into."""

from __future__ import annotations

from typing import Any

from textual.widgets import Input


class Entry(Input):
    """A line of text whose cursor stands still: only data moves on our screens, and every blink is sent over the link."""

    def __init__(self, value: str = "", **options: Any) -> None:
        super().__init__(value, compact=True, **options)
        self.cursor_blink = False
