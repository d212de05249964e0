"""The last line before the terminal: what a widget's text may not hold is taken out of every line drawn."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from gradtui.core.text import in_ascii


class Printable(LineFilter):
    """Takes out control, escape and bidirectional characters, should any get past `core.text.printable`."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments, with everything invisible dropped; each keeps its width."""
        if all(segment.text.isprintable() for segment in segments):
            return segments
        return [Segment(text.translate(_VISIBLE), style, control) for text, style, control in segments]


class Ascii(LineFilter):
    """Draws with ASCII only, for terminals that show nothing else."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments, with every other character replaced by one that looks like it; each keeps its width."""
        return [Segment(text.translate(_ASCII), style, control) for text, style, control in segments]


class PrintableErrors(io.StringIO):
    """Standard error for what Textual prints once the screen has gone: tracebacks, whose messages may quote a file or a host."""

    def write(self, text: str) -> int:
        """Print the text's lines without anything invisible."""
        return sys.stderr.write("\n".join(line.translate(_VISIBLE) for line in text.split("\n")))


class _Table(dict[int, str]):
    """A table for `str.translate` that works out each character when it is first met."""

    def __init__(self, shown: Callable[[str], str]) -> None:
        super().__init__()
        self._shown = shown

    def __missing__(self, code: int) -> str:
        self[code] = self._shown(chr(code))
        return self[code]


def _visible(character: str) -> str:
    return character if character.isprintable() else " " * cell_len(character)


def _ascii(character: str) -> str:
    shown, width = in_ascii(character), cell_len(character)
    return shown if len(shown) == width else "?" * width


_VISIBLE, _ASCII = _Table(_visible), _Table(_ascii)
