"""A pool of our own backends on this machine, each a process with one thread: a dead one loses its own job only."""

from __future__ import annotations

import os
import queue
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from gradtui.core.measured.protocol import Command, Stop
from gradtui.core.measured.work import Dropped, Finished, Work, Worked
from gradtui.worker.line import Backend
from gradtui.worker.mailbox import BackendLost, Letter
from gradtui.worker.scheduler import Told
from gradtui.worker.worker import Inbox, Worker

_TRIES = 2
Connect = Callable[[Inbox], Backend]


def cores() -> int:
    """Processors that this program may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _connect(inbox: Inbox) -> Backend:
    return Worker(inbox, environment={"OMP_NUM_THREADS": "1"})


@dataclass
class _Place:
    """Room for a backend, and the job that it does. `done` are the cells of the job that are finished."""

    backend: Backend | None = None
    job: Work | None = None
    done: set[str] = field(default_factory=set)


class _Inbox:
    """Letters of one backend, into the queue of all; what comes of one that was replaced says so by its number."""

    def __init__(self, letters: queue.SimpleQueue[tuple[int, Letter]], place: int) -> None:
        self._letters, self._place = letters, place

    def put(self, letter: Letter) -> bool:
        self._letters.put((self._place, letter))
        return True


class Pool:
    """As many backends as `processes`, started when there is work for them."""

    def __init__(self, processes: int, connect: Connect = _connect) -> None:
        self.processes = processes
        self._connect = connect
        self._letters: queue.SimpleQueue[tuple[int, Letter]] = queue.SimpleQueue()
        self._places = [_Place() for _ in range(processes)]
        self._waiting: deque[Work] = deque()
        self._tries: dict[str, int] = {}

    def submit(self, job: Work) -> None:
        """Hand over a job; returns at once."""
        self._waiting.append(job)
        self._start()

    def drop(self, cells: Collection[str]) -> None:
        """Stop these cells where they are trained; the others of their stack go on."""
        self._send(Dropped(cells=tuple(cells)))

    def take(self, timeout: float) -> list[Told]:
        """What has been told since the last call; waits so many seconds at most where it is nothing."""
        told: list[Told] = []
        try:
            self._hear(*self._letters.get(timeout=timeout) if timeout else self._letters.get_nowait(), told)
            while True:
                self._hear(*self._letters.get_nowait(), told)
        except queue.Empty:
            return told

    def close(self) -> None:
        """Stop everything, and wait for it."""
        self._waiting.clear()
        for place in self._places:
            if place.backend is not None:
                place.backend.close()

    def cancel(self) -> None:
        """Stop the jobs under way and those that wait; the backends stay."""
        self._waiting.clear()
        self._send(Stop())

    def _send(self, command: Command) -> None:
        for place in self._places:
            if place.backend is not None and place.job is not None:
                place.backend.send(command)

    def _start(self) -> None:
        """Give jobs that wait to backends that do nothing."""
        for at, place in enumerate(self._places):
            if self._waiting and place.job is None:
                place.backend = place.backend or self._connect(_Inbox(self._letters, at))
                place.job, place.done = self._waiting.popleft(), set()
                self._tries[place.job.job] = self._tries.get(place.job.job, 0) + 1
                place.backend.send(place.job)

    def _hear(self, at: int, letter: Letter, told: list[Told]) -> None:
        place = self._places[at]
        if isinstance(letter, BackendLost):
            place.backend = None
            if place.job is not None:
                self._lost(place, letter, told)
        elif isinstance(letter, Told) and place.job is not None and letter.job == place.job.job:
            told.append(letter)
            if isinstance(letter, Finished):
                place.done.add(letter.result.cell)
            elif isinstance(letter, Worked):
                place.job = None
        self._start()

    def _lost(self, place: _Place, letter: BackendLost, told: list[Told]) -> None:
        """Try the job of a dead backend once more, without the cells that it finished, or tell that it cannot be done."""
        job, place.job = place.job, None
        assert job is not None
        if self._tries[job.job] < _TRIES:
            kept = [at for at, cell in enumerate(job.cells) if cell.cell not in place.done]
            points = tuple(job.points[at] for at in kept) if job.points else ()
            self._waiting.appendleft(job.model_copy(update={"cells": tuple(job.cells[at] for at in kept), "points": points}))
            return
        how = f"signal {-letter.status}" if letter.status and letter.status < 0 else f"status {letter.status}"
        words = " ".join(letter.lines[-1:])
        told.append(Worked(job=job.job, problem=f"The process that trained it ended {_TRIES} times ({how}). {words}".strip()))
