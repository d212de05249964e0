"""The line to a backend: started when it is first needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from gradtui.core.measured.protocol import Command


class Backend(Protocol):
    """What a session needs of a worker."""

    def send(self, command: Command) -> None:
        """Hand over a command without waiting."""

    def close(self) -> None:
        """End the process."""


class Line:
    """At most one backend at a time."""

    def __init__(self, connect: Callable[[], Backend]) -> None:
        self._connect = connect
        self._backend: Backend | None = None

    def connect(self) -> None:
        """Start a backend unless there is one."""
        if self._backend is None:
            self._backend = self._connect()

    def send(self, command: Command) -> None:
        """Hand over a command without waiting; starts a backend where there is none."""
        self.connect()
        assert self._backend is not None
        self._backend.send(command)

    def lost(self) -> None:
        """The backend is gone; the next command starts another."""
        self._backend = None

    def close(self) -> None:
        """End the backend. Waits for it: call it when the screen is gone."""
        if self._backend is not None:
            self._backend.close()
