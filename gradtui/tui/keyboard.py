"""What a terminal sends, as Textual's events. No byte that arrives may end the program."""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable, Iterator

from textual._xterm_parser import XTermParser
from textual.events import Key, Resize
from textual.message import Message

_OLD_MOUSE_REPORT = re.compile(rb"\x1b\[M.{3}", re.DOTALL)
_UNFINISHED_REPORT = re.compile(rb"\x1b\[M.{0,2}\Z", re.DOTALL)


class Decoder:
    """Bytes as text. What is not UTF-8 is left out; so are mouse reports of the oldest form, which end in three arbitrary bytes."""

    def __init__(self) -> None:
        self._decode = getincrementaldecoder("utf-8")("replace").decode
        self._held = b""

    def __call__(self, data: bytes) -> str:
        """The text in these bytes; what is cut at their end comes with the next ones."""
        data = _OLD_MOUSE_REPORT.sub(b"", self._held + data)
        unfinished = _UNFINISHED_REPORT.search(data)
        end = unfinished.start() if unfinished else len(data)
        self._held = data[end:]
        return self._decode(data[:end]).replace("\N{REPLACEMENT CHARACTER}", "")


class Keyboard:
    """Textual's parser of keys, mouse reports and pastes, made to survive what terminals, multiplexers and cats send."""

    def __init__(self) -> None:
        self._decode = Decoder()
        self._parser = XTermParser()

    def feed(self, data: bytes) -> Iterator[Message]:
        """The events in these bytes."""
        for character in self._decode(data):
            yield from self._events(lambda c=character: self._parser.feed(c))  # type: ignore[misc]

    def tick(self) -> Iterator[Message]:
        """The events that are due because nothing more came, such as a lone Escape. Call it about ten times a second."""
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
