"""Words that fit their room: whole parts of sentences are told or left out, and nothing is cut in the middle."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

_SENTENCE = re.compile(r"(?<=[.!?]) +(?=[A-Z0-9|(])")


@dataclass(frozen=True)
class Note:
    """One thing to tell. Of its `parts` the first is always told and the others as far as there is room; `more` is told only where
    everything is, a paragraph each. `style` is a component class.
    """

    style: str
    parts: tuple[str, ...]
    more: tuple[str, ...] = ()

    @classmethod
    def of(cls, style: str, text: str) -> Note:
        """A text whose parts are its sentences."""
        return cls(style, tuple(_SENTENCE.split(text)))


@dataclass(frozen=True)
class Told:
    """Rows of text, and whether something was left out of them."""

    rows: list[Text]
    short: bool


class Telling:
    """Breaks notes into lines of so many columns."""

    def __init__(self, console: Console, width: int) -> None:
        self._console, self._width = console, max(1, width)

    def fitted(self, notes: Sequence[Note], height: int) -> Told:
        """Of every note the first part, and in the lines that are left more of each, the first note before the second. More rows
        than `height` where even that does not fit.
        """
        least = [self._lines(note.parts[0], note.style) for note in notes]
        spare = height - sum(map(len, least))
        rows: list[Text] = []
        short = False
        for note, told in zip(notes, least, strict=True):
            count, most = 1, len(told) + spare
            for parts in range(len(note.parts), 1, -1):
                if len(found := self._lines(" ".join(note.parts[:parts]), note.style)) <= most:
                    count, told = parts, found
                    break
            spare = most - len(told)
            short = short or count < len(note.parts)
            rows += told
        return Told(rows, short or len(rows) > height)

    def whole(self, notes: Sequence[Note]) -> list[Text]:
        """All of every note, with a blank line between two."""
        rows: list[Text] = []
        for note in notes:
            rows += [Text()] if rows else []
            rows += self._lines(" ".join(note.parts), note.style)
            for paragraph in note.more:
                rows += self._lines(paragraph, "")
        return rows

    def _lines(self, words: str, style: str) -> list[Text]:
        return list(Text(words, style).wrap(self._console, self._width))
