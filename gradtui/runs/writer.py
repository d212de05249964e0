"""What writes a run: a thread of its own, so that a disk that stalls or is full never stops training."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from gradtui.core.text import printable
from gradtui.runs import checkpoints
from gradtui.runs.checkpoints import Checkpoint
from gradtui.runs.log import Log, Unwritable

MOST = 4096
"""Records that wait for the disk at most; later ones are missing from the log, which says so."""
_TOGETHER = 0.05
"""Seconds in which records gather that are written in one piece."""
_AGAIN = 1.0
"""Seconds until what could not be written is tried again, and from one word with the disk to the next."""


class Writer:
    """Appends records to a run's log in order, and writes its checkpoints after them. `put` and `keep` never wait.

    `tell` is called, in the writer's thread or in that of `flushed`, with why nothing is saved, and with "" once it is again.
    """

    def __init__(self, folder: Path, log: Log, records: int, tell: Callable[[str], None]) -> None:
        self._folder, self._log, self._tell = folder, log, tell
        self.records = records
        self._waiting: deque[bytes] = deque()
        self._checkpoint: Checkpoint | None = None
        self._missing, self._written, self._put = 0, 0, 0
        self._problem, self._closing, self._awaited = "", False, 0
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="recording", daemon=True)
        self._thread.start()

    def put(self, record: bytes) -> None:
        """Add a record, as JSON."""
        with self._changed:
            if len(self._waiting) >= MOST or (self._missing and self._waiting):
                self._missing += 1
                return
            if self._missing:
                self._waiting.append(b'{"type":"missing","records":%d}' % self._missing)
                self._missing, self._put, self.records = 0, self._put + 1, self.records + 1
            self._waiting.append(record)
            self._put, self.records = self._put + 1, self.records + 1
            if len(self._waiting) == 1:
                self._changed.notify_all()

    def keep(self, checkpoint: Checkpoint) -> None:
        """Write a checkpoint once all records before it are; one that still waits gives way to it."""
        with self._changed:
            self._checkpoint = checkpoint
            self._changed.notify_all()

    @property
    def complete(self) -> bool:
        """Whether no record is missing at the moment, so that a checkpoint would fit the log."""
        return not self._missing

    def flushed(self, seconds: float) -> bool:
        """Wait until all that was put is written, or so long; says that nothing is saved where it takes longer."""
        with self._changed:
            if self._problem:
                return False
            self._awaited = wanted = self._put
            self._changed.notify_all()
            done = self._changed.wait_for(lambda: self._written >= wanted or self._problem, seconds)
            if not done:
                self._say(f"{printable(str(self._folder))} does not answer")
            return bool(done and not self._problem)

    def close(self, seconds: float) -> bool:
        """Write what waits and end; gives up after so long where the disk does not take it. Whether all is written."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(seconds)
        return not self._thread.is_alive() and not self._waiting and not self._missing

    def _run(self) -> None:
        synced = time.monotonic()
        while True:
            records, checkpoint = self._due()
            try:
                if records:
                    self._log.append(*records)
                    with self._changed:
                        for _ in records:
                            self._waiting.popleft()
                        self._written += len(records)
                        self._changed.notify_all()
                    if time.monotonic() >= synced + _AGAIN:
                        self._log.sync()
                        synced = time.monotonic()
                elif checkpoint is not None:
                    self._log.sync()
                    checkpoints.write(self._folder, checkpoint)
                    with self._changed:
                        self._checkpoint = None if self._checkpoint is checkpoint else self._checkpoint
                else:
                    break
            except (Unwritable, OSError) as error:
                with self._changed:
                    self._say(str(error) if isinstance(error, Unwritable) else f"{self._folder}: {error.strerror}")
                    if self._closing:
                        break
                    self._changed.wait_for(lambda: self._closing, _AGAIN)
            else:
                with self._changed:
                    self._say("")
        self._log.close()

    def _due(self) -> tuple[Sequence[bytes], Checkpoint | None]:
        """Wait for something to write: records that gathered, or one where the last ones could not be written, and a checkpoint."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._checkpoint or self._closing)
            self._changed.wait_for(lambda: self._closing or self._awaited > self._written, _TOGETHER)
            return tuple(self._waiting)[: 1 if self._problem else None], self._checkpoint

    def _say(self, problem: str) -> None:
        if problem != self._problem:
            self._problem = problem
            self._changed.notify_all()
            self._tell(problem)
