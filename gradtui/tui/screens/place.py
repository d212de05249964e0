"""Where a box goes that edits a line of the screen below."""

from __future__ import annotations

from textual.geometry import Offset, Region, Size

_READABLE = 60
"""Columns in which text can be read."""


def width_beside(line: Region, screen: Size) -> int | None:
    """The columns for a box on the right of a line; None where they are too few to read."""
    room = screen.width - line.right
    return room if room >= _READABLE else None


def height_beside(line: Region, screen: Size) -> int:
    """The rows for a box: all, or only those above or below a line that leaves no room on its right, whichever are more."""
    return max(line.y, screen.height - line.bottom) if line and width_beside(line, screen) is None else screen.height


def place(line: Region, box: Size, screen: Size) -> Offset:
    """Where a box of this size goes, inside the screen: on the right of the line, its first line level with it, or else below or
    above; in the middle where the line is not shown.
    """
    right, bottom = max(0, screen.width - box.width), max(0, screen.height - box.height)
    if not line:
        return Offset(right // 2, bottom // 2)
    if line.right <= right:
        return Offset(line.right, min(max(0, line.y - 1), bottom))
    return Offset(min(line.x, right), line.bottom if line.bottom <= bottom else max(0, line.y - box.height))
