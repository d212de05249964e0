"""Signals that end what a command does, in good order."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def noted(received: list[int], then: Callable[[], object] = lambda: None) -> Iterator[None]:
    """Note SIGINT, SIGTERM and SIGHUP instead of ending, and do something `then`."""

    def note(number: int, frame: object) -> None:
        received.append(number)
        then()

    before = {which: signal.signal(which, note) for which in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for which, handler in before.items():
            signal.signal(which, handler)
