"""What a command prints for a person: as wide as the terminal, broken at words, in colours and characters that it shows."""

from __future__ import annotations

import os
import re
import shutil
import sys
from typing import TextIO

import click

_WIDEST, _UNKNOWN = 120, 80
"""Columns that are used of a wide terminal, and that a text takes which goes elsewhere."""
_COLUMN = re.compile(r"\s*(?:\S.* {2,})?(?=\S)")
"""What stands before the last column of a line."""


def width(stream: TextIO | None = None) -> int:
    """Columns for a text on stdout, or on another stream."""
    known = (stream or sys.stdout).isatty()
    return min(_WIDEST, shutil.get_terminal_size().columns) if known else _UNKNOWN


def height() -> int:
    """Lines of stdout that a person sees at once; as many as it takes where a text goes elsewhere."""
    return shutil.get_terminal_size().lines if sys.stdout.isatty() else sys.maxsize


def write(text: str, err: bool = False) -> None:
    """Print a text. On a terminal, lines that are too long for it go on below where their last column began."""
    from gradtui.core.text import in_ascii
    from gradtui.tui.terminal.launch import shows_unicode

    stream = sys.stderr if err else sys.stdout
    if stream.isatty():
        text = "\n".join(part for line in text.split("\n") for part in _broken(line, width(stream)))
        text = text if shows_unicode(os.environ) else in_ascii(text)
    colourless = "NO_COLOR" in os.environ or os.environ.get("TERM", "dumb") == "dumb"
    click.echo(text, err=err, color=False if colourless else None)


def _broken(line: str, columns: int) -> list[str]:
    """A line in as many as it takes; one that fits, or holds colours, stays as it is."""
    from gradtui.core.text import wrapped

    if len(line) <= columns or "\x1b" in line:
        return [line]
    column = _COLUMN.match(line)
    indent = column.end() if column else 0
    return wrapped(line.strip(), columns, " " * (len(line) - len(line.lstrip())), " " * (indent if indent <= columns // 2 else 2))
