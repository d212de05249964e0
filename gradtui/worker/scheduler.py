"""Who does the jobs of a study: this machine's own processes, or a cluster."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from gradtui.core.measured.work import Finished, Work, Worked, Working

Told = Working | Finished | Worked


class Scheduler(Protocol):
    """Takes jobs, and tells how far they are. A job that is lost with whoever did it is tried once more, without the cells that
    were finished.
    """

    processes: int
    """Jobs that are done at a time."""

    def submit(self, job: Work) -> None:
        """Hand over a job; returns at once."""

    def drop(self, cells: Collection[str]) -> None:
        """Stop these cells where they are trained; the others of their stack go on."""

    def take(self, timeout: float) -> list[Told]:
        """What has been told since the last call; waits so many seconds at most where it is nothing."""

    def cancel(self) -> None:
        """Stop the jobs under way and those that wait; others may follow."""

    def close(self) -> None:
        """Stop everything, and wait for it."""
