"""Jobs on an existing cluster, by dask.distributed: the second scheduler beside the pool of this machine."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import importlib
import queue
import uuid
from collections.abc import Callable, Collection
from typing import Any

from gradtui import __version__
from gradtui.core.measured.wire import BrokenLine, report
from gradtui.core.measured.work import Work, Worked
from gradtui.core.text import printable
from gradtui.worker.scheduler import Told

_TIMEOUT = 10
"""Seconds to wait for a scheduler."""
_TRIES = 2


class NoCluster(ValueError):
    """A cluster that cannot be used; the message says why and what would do."""


class Cluster:
    """The workers of a scheduler at an address such as tcp://host:8786. Raises NoCluster.

    Results are fetched as soon as they are there: a worker that dies takes those with it that still lie there. A job whose worker
    dies is done again by another.
    """

    def __init__(self, address: str, job: Callable[[bytes, str, str], list[bytes]], about: Callable[[], tuple[str, str]]) -> None:
        """`job` is what workers run, `about` tells their versions."""
        client, self._variable = _connected(printable(address, 200))
        self._client = client
        try:
            self.processes = _checked(client, printable(address, 200), about)
        except NoCluster:
            client.close(timeout=_TIMEOUT)
            raise
        self._job = job
        self._own = f"gradtui-{uuid.uuid4().hex[:12]}"
        self._wanted = self._variable(f"{self._own}-wanted", client=client)
        self._dropped: set[str] = set()
        self._told: queue.SimpleQueue[Told] = queue.SimpleQueue()
        self._futures: dict[str, Any] = {}
        self._tries: dict[str, int] = {}
        self._wanted.set((False, ()))
        client.subscribe_topic(self._own, self._progress)

    def submit(self, job: Work) -> None:
        """Hand over a job; returns at once."""
        self._tries[job.job] = self._tries.get(job.job, 0) + 1
        line = job.line()
        key = f"{self._own}-{hashlib.sha256(line).hexdigest()[:16]}-{self._tries[job.job]}"
        future = self._client.submit(self._job, line, self._own, f"{self._own}-wanted", key=key, pure=False)
        self._futures[job.job] = future
        future.add_done_callback(lambda done: self._done(job, done))

    def drop(self, cells: Collection[str]) -> None:
        """Stop these cells where they are trained; the others of their stack go on."""
        self._dropped |= set(cells)
        self._wanted.set((False, tuple(self._dropped)))

    def take(self, timeout: float) -> list[Told]:
        """What has been told since the last call; waits so many seconds at most where it is nothing."""
        found: list[Told] = []
        try:
            found.append(self._told.get(timeout=timeout) if timeout else self._told.get_nowait())
            while True:
                found.append(self._told.get_nowait())
        except queue.Empty:
            return found

    def cancel(self) -> None:
        """Stop the jobs under way and those that wait; others may follow."""
        with contextlib.suppress(Exception):  # a scheduler that is gone has nothing to stop
            self._client.cancel(list(self._futures.values()), force=True)
            self._wanted.set((True, ()))
        self._futures.clear()

    def close(self) -> None:
        """Stop everything, and wait for it."""
        if self._futures:
            self.cancel()
        with contextlib.suppress(Exception):
            self._client.close(timeout=_TIMEOUT)

    def _progress(self, event: tuple[float, Any]) -> None:
        with contextlib.suppress(BrokenLine):
            self._put(str(event[1]).encode())

    def _done(self, job: Work, future: Any) -> None:
        """Fetch what came of a job at once, in a thread of the client's."""
        if future.key not in {known.key for known in self._futures.values()}:
            return
        try:
            for line in future.result():
                self._put(line)
        except (Exception, asyncio.CancelledError) as error:
            if self._tries[job.job] < _TRIES:
                self.submit(job)
                return
            self._told.put(Worked(job=job.job, problem=f"It could not be done on the cluster: {type(error).__name__}: {error}"))
        self._futures.pop(job.job, None)

    def _put(self, line: bytes) -> None:
        told = report(line)
        if isinstance(told, Told):
            self._told.put(told)


def _connected(address: str) -> tuple[Any, Any]:
    try:
        distributed: Any = importlib.import_module("distributed")
    except ImportError:
        raise NoCluster(
            'A cluster takes dask.distributed, which is not installed. `pip install "gradtui[cluster]"` installs it.'
        ) from None
    try:
        return distributed.Client(address, timeout=_TIMEOUT, set_as_default=False), distributed.Variable
    except (OSError, ValueError, TypeError) as error:
        words = printable(str(error), 200)
        raise NoCluster(
            f"There is no dask scheduler at {address}: {words}. Start one with `dask scheduler`, and name it as tcp://host:8786."
        ) from None


def _checked(client: Any, address: str, about: Callable[[], tuple[str, str]]) -> int:
    """How many workers there are; all of them have what this side has. Raises NoCluster."""
    try:
        known = client.run(about, on_error="return")
    except Exception as error:
        raise NoCluster(
            f"The workers at {address} cannot be asked: {type(error).__name__}: {printable(str(error), 200)}."
        ) from None
    if not known:
        raise NoCluster(f"The scheduler at {address} has no workers. Start some with `dask worker {address}`.")
    own = about()
    for worker, answer in known.items():
        if not isinstance(answer, tuple):
            raise NoCluster(f"The worker at {worker} lacks gradtui {__version__}: {printable(str(answer), 200)}.")
        if not answer[1]:
            raise NoCluster(f"The worker at {worker} lacks PyTorch. Install torch {own[1]} there.")
        if tuple(answer) != own:
            theirs, ours = (f"gradtui {version[0]} and PyTorch {version[1]}" for version in (answer, own))
            raise NoCluster(f"The worker at {worker} has {theirs}, and this side has {ours}: install the same there.")
    return len(known)
