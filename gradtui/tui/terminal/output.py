"""What is on its way to the terminal. Drawing never waits for a slow link; what the link has not taken yet can be asked."""

from __future__ import annotations

import os
import select
from collections.abc import Callable
from threading import Condition, Thread

LIMIT = 256 * 1024
"""Bytes that may wait: about fifteen whole screens. More than that only waits on a link that has stalled."""


class Output(Thread):
    """Writes to a terminal from a thread of its own.

    Each write is whole escape sequences, so any of them may be left out: beyond `LIMIT` they are, and `redraw` is called (from this
    thread) once the terminal takes bytes again. Where the terminal is gone, everything is dropped.
    """

    def __init__(self, fileno: int, redraw: Callable[[], None]) -> None:
        super().__init__(name="gradtui-output", daemon=True)
        self._fileno = fileno
        self._redraw = redraw
        self._changed = Condition()
        self._waiting: list[bytes] = []
        self._pending = 0
        self._torn = False

    @property
    def pending(self) -> int:
        """Bytes that were written but that the terminal has not taken yet."""
        return self._pending

    def write(self, text: str) -> None:
        """Send this text, or drop it where too much waits already. Never blocks; what UTF-8 cannot hold becomes `?`."""
        data = text.encode(errors="replace")
        with self._changed:
            if self._pending + len(data) > LIMIT:
                self._torn = True
                return
            self._waiting.append(data)
            self._pending += len(data)
            self._changed.notify_all()

    def discard(self) -> None:
        """Forget what waits: nobody will look at it any more."""
        with self._changed:
            self._pending -= sum(map(len, self._waiting))
            self._waiting.clear()
            self._torn = False

    def drain(self, seconds: float) -> None:
        """Wait until the terminal has taken everything, but no longer than this."""
        with self._changed:
            self._changed.wait_for(lambda: self._pending == 0, seconds)

    def run(self) -> None:
        """Send what waits, for ever."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting)
                data = b"".join(self._waiting)
                self._waiting.clear()
            self._send(data)
            with self._changed:
                self._pending -= len(data)
                torn = self._torn and not self._pending
                self._torn = self._torn and not torn
                self._changed.notify_all()
            if torn:
                self._redraw()

    def _send(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            try:
                left = left[os.write(self._fileno, left) :]
            except BlockingIOError:  # another program that shares the terminal made it non-blocking
                select.select([], [self._fileno], [])
            except OSError:  # the terminal is gone
                return
