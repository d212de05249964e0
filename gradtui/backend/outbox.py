"""The way out of the backend: a thread writes, so that training never waits for a reader."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable

from gradtui.core.measured.protocol import Report, Sampled

_PAUSE = 1 / 20
"""Seconds from one write to the next, in which frames gather."""
_STALLED = 0.5
"""Seconds that a disk may take to answer."""


class Outbox:
    """Reports waiting to be written. Neighbouring frames of a run merge by lane, everything else stays as it is and in order.

    `after` waits, so many seconds at most, until what was put is recorded: what the screen has seen is on the disk.
    """

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe
        self._waiting: deque[Report] = deque()
        self._frames: dict[tuple[int, int], Sampled] = {}
        self._changed = threading.Condition()
        self.after: Callable[[float], object] | None = None
        threading.Thread(target=self._write, name="outbox", daemon=True).start()

    def put(self, report: Report) -> None:
        """Add a report; never waits for the reader."""
        with self._changed:
            if isinstance(report, Sampled):
                key = report.run, report.frame.lane
                older = self._frames.get(key)
                self._frames[key] = Sampled(run=report.run, frame=older.frame.merged(report.frame)) if older else report
            else:
                self._seal()
                self._waiting.append(report)
            self._changed.notify()

    def _seal(self) -> None:
        """What comes next may not be merged with the frames that wait."""
        self._waiting.extend(self._frames.values())
        self._frames.clear()

    def _write(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._frames)
                self._seal()
                reports = list(self._waiting)
                self._waiting.clear()
            if (after := self.after) is not None:
                after(_STALLED)
            for report in reports:
                self._send(report.line())
            time.sleep(_PAUSE)

    def _send(self, line: bytes) -> None:
        try:
            while line:
                line = line[os.write(self._pipe, line) :]
        except BrokenPipeError:  # nobody will ever read again
            os._exit(0)
