"""The mailbox between the worker thread and the screen: bounded, and nothing in it is lost."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass

from gradtui.core.measured.message import Message
from gradtui.core.measured.protocol import Diagnosed, Report, Sampled

CAPACITY = 256
"""Reports waiting at most, before frames of the same lane are merged and findings take the place of older ones."""
MOST = 4096
"""Reports waiting at most: more than come together of a backend in its senses, however long nobody looks."""


@dataclass(frozen=True)
class BackendLost:
    """The backend process is gone: its exit status (negative: a signal; None: it could not be started), and its last words."""

    status: int | None
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Nonsense:
    """The backend sent what is no report: what that was, and what became of it, as follows "The backend sent"."""

    what: str


Letter = Report | BackendLost | Nonsense


class Mailbox:
    """Reports in the order in which they came. When nobody drains it, newer frames merge into older ones, as on the pipe, and
    only a lane's newest findings are kept.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._letters: deque[Letter] = deque()
        self._capacity = capacity
        self._lock = threading.Lock()

    def put(self, letter: Letter) -> bool:
        """Add a letter; never waits. False where so many wait that a report is not taken."""
        with self._lock:
            if len(self._letters) >= MOST and isinstance(letter, Message):
                return False
            if len(self._letters) >= self._capacity:
                if isinstance(letter, Sampled) and self._merge(letter):
                    return True
                if isinstance(letter, Diagnosed):
                    self._supersede(letter)
            self._letters.append(letter)
            return True

    def drain(self) -> list[Letter]:
        """Take everything out."""
        with self._lock:
            letters = list(self._letters)
            self._letters.clear()
        return letters

    def _merge(self, newer: Sampled) -> bool:
        """Join a frame with the newest of its lane; findings between them do not matter, any other report does."""
        for at in range(len(self._letters) - 1, -1, -1):
            older = self._letters[at]
            if isinstance(older, Diagnosed) and older.run == newer.run:
                continue
            if not isinstance(older, Sampled) or older.run != newer.run:
                return False
            if older.frame.lane == newer.frame.lane:
                self._letters[at] = Sampled(run=newer.run, frame=older.frame.merged(newer.frame))
                return True
        return False

    def _supersede(self, newer: Diagnosed) -> None:
        for older in self._letters:
            if isinstance(older, Diagnosed) and (older.run, older.lane) == (newer.run, newer.lane):
                self._letters.remove(older)
                return
