"""What a terminal sends, as Textual's events. No byte that arrives may end the program."""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable, Iterator

from textual._xterm_parser import XTermParser
from textual.events import Key, Resize
from textual.message import Message

_OLD_MOUSE_REPORT = b"\x1b[M"
_ANSWER = re.compile("\x1b\\]1[01];rgba?:[0-9a-fA-F/]*(?:\x1b\\\\|\x07)|\x1b\\[\\?[\\d;]*c")
_BEGUN = re.compile("\x1b(?:\\](?:1[01]?(?:;[rgba:0-9a-fA-F/]*\x1b?)?)?|\\[\\?[\\d;]*)\\Z")
"""An answer to a question about colours (OSC 10 and 11) or the kind of terminal (DA1), and one that has begun."""


class Decoder:
    """Bytes as text. What is not UTF-8 is left out; the three arbitrary bytes of an old mouse report become blanks."""

    def __init__(self) -> None:
        self._decode = getincrementaldecoder("utf-8")("replace").decode
        self._recent = b""
        self._arbitrary = 0

    def __call__(self, data: bytes) -> str:
        """The text in these bytes; a character that is cut at their end comes with the next ones."""
        return self._decode(bytes(map(self._harmless, data))).replace("\N{REPLACEMENT CHARACTER}", "")

    def _harmless(self, byte: int) -> int:
        if self._arbitrary:
            self._arbitrary -= 1
            return ord(" ")
        self._recent = self._recent[-2:] + bytes([byte])
        if self._recent == _OLD_MOUSE_REPORT:
            self._arbitrary = 3
        return byte


class Keyboard:
    """Textual's parser of keys, mouse reports and pastes, made to survive what terminals, multiplexers and cats send. Answers about
    the terminal that come late are nobody's keys.
    """

    def __init__(self) -> None:
        self._held = ""
        self._decode = Decoder()
        self._parser = XTermParser()

    def feed(self, data: bytes) -> Iterator[Message]:
        """The events in these bytes."""
        text = _ANSWER.sub("", self._held + self._decode(data))
        begun = _BEGUN.search(text)
        at = begun.start() if begun else len(text)
        self._held = text[at:]
        yield from self._keys(text[:at])

    def _keys(self, text: str) -> Iterator[Message]:
        for character in text:
            yield from self._events(lambda c=character: self._parser.feed(c))  # type: ignore[misc]

    def tick(self) -> Iterator[Message]:
        """The events that are due because nothing more came, such as a lone Escape. Call it about ten times a second."""
        held, self._held = self._held, ""
        yield from self._keys(held)
        yield from self._events(self._parser.tick)

    def _events(self, parse: Callable[[], Iterable[Message]]) -> Iterator[Message]:
        try:
            found = list(parse())
        except Exception:  # whatever the parser makes of a malformed sequence, it costs that sequence only
            self._parser = XTermParser()
            return
        yield from (message for message in found if not _impossible(message))


def _impossible(message: Message) -> bool:
    """A size that was not asked for (sizes come by signal), or a key that is no character (half of a surrogate pair)."""
    if isinstance(message, Key):
        return message.character is not None and "\ud800" <= message.character <= "\udfff"
    return isinstance(message, Resize)
