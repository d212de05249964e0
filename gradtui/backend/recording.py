"""A run that is recorded while it is trained: what is told of it goes into its log, and its state into checkpoints."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from gradtui.core.measured.protocol import Continued, Diagnosed, Keep, Recording, Report, Sampled
from gradtui.core.text import printable
from gradtui.runs import folder
from gradtui.runs.about import About
from gradtui.runs.checkpoints import Checkpoint
from gradtui.runs.folder import Opened
from gradtui.runs.listing import prune
from gradtui.runs.writer import Writer

if TYPE_CHECKING:
    from gradtui.engine.training.trainer import Training

_APART = 10.0
"""Seconds from one checkpoint to the next."""
_PATIENCE = 5.0
"""Seconds that the end of a run waits for the disk."""


class Recorded:
    """Records a run into its folder. `known` are the reports that its log holds of steps which are trained again: they are not
    written twice, and compared where `exact` says that they must be the same; `unlike` is the first step at which they are not.
    """

    def __init__(
        self, opened: Opened, training: Training, records: int, tell: Callable[[str], None], known: Iterable[Report], exact: bool
    ) -> None:
        self.path = opened.path
        self._opened, self._training = opened, training
        self._writer = Writer(opened.path, opened.log, records, tell)
        self._known, self._exact = deque(known), exact
        self._due = time.monotonic() + _APART
        self.unlike: int | None = None

    def go_on(self, word: Continued) -> None:
        """Write that a run goes on, behind all that is known of it."""
        self._writer.put(word.model_dump_json().encode())

    def put(self, report: Report) -> None:
        """Write a report into the log, unless it is known."""
        if self._known:
            self._recognize(report)
        else:
            self._writer.put(report.model_dump_json().encode())

    def keep_up(self) -> None:
        """Keep the state of the run where the last checkpoint is a while ago; call it with a frame in hand."""
        if time.monotonic() >= self._due:
            self.checkpoint()

    def checkpoint(self) -> None:
        """Keep the state of the run, between two steps or with a frame in hand."""
        from gradtui.engine.training.checkpoint import capture

        self._due = time.monotonic() + _APART
        if self._writer.complete and not self._known:
            state = capture(self._training)
            self._writer.keep(Checkpoint(self._training.made, self._writer.records, state.tensors, state.values))

    def flushed(self, seconds: float) -> bool:
        """Wait until everything is written, or so long."""
        return self._writer.flushed(seconds)

    def close(self) -> bool:
        """End recording. Whether everything is written."""
        done = self._writer.close(_PATIENCE)
        self._opened.close()
        return done

    def _recognize(self, report: Report) -> None:
        """Compare a report with the one that the log holds in its place."""
        if not isinstance(report, Sampled | Diagnosed) or not isinstance(known := self._known[0], type(report)):
            return
        self._known.popleft()
        if self._exact and self.unlike is None and _numbers(report) != _numbers(known):
            self.unlike = report.frame.step if isinstance(report, Sampled) else self._training.made


def record(keep: Keep, training: Training, tell: Callable[[Report], None], run: int = 0) -> Recorded | None:
    """Begin to record a run; tells where, or why not. None where it cannot be."""
    from gradtui.engine.training.environment import data_hash, environment

    started = training.started(run)
    about = About(
        title=keep.title,
        preset=keep.preset,
        changes=keep.changes,
        experiment=training.experiment(0).tables(),
        began=datetime.now(UTC),
        environment=environment(training),
        data=data_hash(training),
    )
    try:
        opened = folder.create(Path(keep.place), about)
        prune(Path(keep.place))
    except OSError as error:
        tell(Recording(run=run, folder="", problem=str(error)))
        return None
    made = Recorded(opened, training, 0, _teller(tell, opened.path, run), (), True)
    tell(Recording(run=run, folder=str(opened.path)))
    made.put(started)
    return made


def _teller(tell: Callable[[Report], None], path: Path, run: int) -> Callable[[str], None]:
    return lambda problem: tell(Recording(run=run, folder=str(path), problem=problem and f"Nothing is saved: {printable(problem)}"))


def _numbers(report: Report) -> object:
    """What a report says but for the clock."""
    return report.model_dump_json(exclude={"run": True, "frame": {"steps_per_second"}})
