"""The mailbox between the worker thread and the screen: bounded, and nothing in it is lost."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass

from gradtui.core.measured.protocol import Report, Sampled

CAPACITY = 256
"""Reports waiting at most, before frames of the same lane are merged."""


@dataclass(frozen=True)
class BackendLost:
    """The backend process ended by itself: its exit status (negative: a signal) and the last lines it wrote to stderr."""

    status: int
    lines: tuple[str, ...]


Letter = Report | BackendLost


class Mailbox:
    """Reports in the order in which they came. When nobody drains it, newer frames merge into older ones, as on the pipe."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._letters: deque[Letter] = deque()
        self._capacity = capacity
        self._lock = threading.Lock()

    def put(self, letter: Letter) -> None:
        """Add a report; never waits."""
        with self._lock:
            if len(self._letters) < self._capacity or not (isinstance(letter, Sampled) and self._merge(letter)):
                self._letters.append(letter)

    def drain(self) -> list[Letter]:
        """Take everything out."""
        with self._lock:
            letters = list(self._letters)
            self._letters.clear()
        return letters

    def _merge(self, newer: Sampled) -> bool:
        for at in range(len(self._letters) - 1, -1, -1):
            older = self._letters[at]
            if not isinstance(older, Sampled) or older.run != newer.run:
                return False
            if older.frame.lane == newer.frame.lane:
                self._letters[at] = Sampled(run=newer.run, frame=older.frame.merged(newer.frame))
                return True
        return False
