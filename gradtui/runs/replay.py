"""A recorded run at any of its moments, as it was known then."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from gradtui.core.measured.protocol import Sampled
from gradtui.core.measured.run import Run
from gradtui.runs.folder import Found


class Replay:
    """The moments of a run: `steps` are those of its frames, ascending; none where nothing was measured."""

    def __init__(self, found: Found) -> None:
        self._found = found
        self._places = [at for at, (_, report) in enumerate(found.reports) if isinstance(report, Sampled)]
        frames = (found.reports[at][1] for at in self._places)
        self.steps = tuple(report.frame.step for report in frames if isinstance(report, Sampled))
        findings = found.run.findings
        self._turns = sorted({step for one in findings for step in (one.step, one.until) if step is not None})

    def at(self, step: int) -> Run:
        """The run when the frame of this step, or the last one before it, was the newest, and all told before the next."""
        number = bisect_right(self.steps, step)
        ends = [*self._places, len(self._found.reports)]
        return self._found.until(ends[min(number, len(ends) - 1)])

    def turned(self, step: int, by: int) -> int:
        """The step so many frames on, or back; the first or the last one where there are no more."""
        at = bisect_right(self.steps, step) - 1
        return self.steps[min(max(at + by, 0), len(self.steps) - 1)]

    def found(self, step: int, by: int) -> int | None:
        """The next step (1), or the one before (-1), at which a finding began or ended; None where there is none."""
        at = bisect_right(self._turns, step) if by > 0 else bisect_left(self._turns, step) - 1
        return self._turns[at] if 0 <= at < len(self._turns) else None
