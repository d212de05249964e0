"""Synchronous successive halving inside a stack: who goes on after a rung."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from gradtui.core.measured.work import Work

_ETA = 3
"""Of so many points one goes on after a rung."""
_FIRST = 10
"""The first rung lies at this part of the steps."""


class Halving:
    """`rungs` are the steps after which points are stopped: all seeds of a point together, by its mean. Whoever led at the rung
    before is kept for one rung more.
    """

    def __init__(self, job: Work, steps: int) -> None:
        self._points = job.points or tuple(range(len(job.cells)))
        self._leader: int | None = None
        first = max(1, steps // _FIRST)
        self.rungs = tuple(step for step in (first, _ETA * first) if step < steps)

    def leave(self, rung: int, running: Sequence[tuple[int, float]]) -> list[int]:
        """The lanes that stop after a rung, of those that run, each with what is to be small; those that are lost have left."""
        by_point: dict[int, list[float]] = {}
        for lane, bad in running:
            by_point.setdefault(self._points[lane], []).append(bad)
        ranked = sorted(by_point, key=lambda point: statistics.fmean(by_point[point]))
        kept = set(ranked[: max(1, -(-len(ranked) // _ETA))])
        if self._leader in by_point:
            kept.add(self._leader)
        self._leader = ranked[0]
        return [lane for lane, _ in running if self._points[lane] not in kept]
