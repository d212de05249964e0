"""Run folders: made for one run, opened by one writer at a time, read by anybody."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path

from gradtui.core.experiments.experiment import Experiment, InvalidExperiment, experiment
from gradtui.core.measured.protocol import Continued, Report, Sampled
from gradtui.core.measured.run import Run
from gradtui.core.measured.wire import BrokenLine, recorded
from gradtui.core.text import printable
from gradtui.runs import about, log
from gradtui.runs.about import About, Unreadable
from gradtui.runs.lock import Lock, alive
from gradtui.runs.log import Log, Recorded, Unwritable

EVENTS = "events.jsonl"
_MOST = 10_000
"""Runs of one second and title."""


@dataclass(frozen=True)
class Opened:
    """A run's folder that this program may write."""

    path: Path
    about: About
    log: Log
    lock: Lock

    def close(self) -> None:
        """Let others write it. The log is closed by who writes it."""
        self.lock.release()


@dataclass(frozen=True)
class Found:
    """A run as its folder holds it: `reports` in order, by place in the log; `problem` says what is wrong, empty where nothing is.
    `alive` says that it is being written.
    """

    path: Path
    about: About
    reports: tuple[tuple[int, Report], ...]
    records: int
    problem: str
    alive: bool

    @property
    def begun(self) -> Experiment:
        """The experiment as it began. Raises Unreadable."""
        try:
            return experiment(self.about.experiment)
        except InvalidExperiment as error:
            raise Unreadable(f"{printable(str(self.path))} is of an experiment that cannot be: {error}") from None

    @property
    def run(self) -> Run:
        """The run as far as it has come, its experiment as it stands then. Raises Unreadable."""
        return self.until(len(self.reports))

    def until(self, count: int) -> Run:
        """The run after so many of its reports. Raises Unreadable."""
        run = Run(self.begun, folder=str(self.path))
        for _, report in self.reports[:count]:
            run = run.after(report)
        try:
            now = run.experiment.changed({change.key: change.value for change in run.changes})
        except InvalidExperiment as error:
            raise Unreadable(f"{printable(str(self.path))} holds a change that cannot be: {error}") from None
        return replace(run, experiment=now)


def root() -> Path:
    """Where runs are kept unless they are told another place."""
    import platformdirs

    return platformdirs.user_data_path("gradtui") / "runs"


def create(place: Path, made: About) -> Opened:
    """A new folder for a run. Raises Unwritable."""
    words = re.sub(r"[^a-z0-9]+", "-", made.title.lower()).strip("-")[:40] or "run"
    name = f"{made.began:%Y%m%d-%H%M%S}-{words}"
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unwritable(f"{printable(str(place))} cannot be made: {error.strerror}.") from None
    for number in range(1, _MOST):
        path = place / (name if number == 1 else f"{name}-{number}")
        try:
            path.mkdir()
        except FileExistsError:
            continue
        except OSError as error:
            raise Unwritable(f"{printable(str(path))} cannot be made: {error.strerror}.") from None
        lock = Lock(path)
        try:
            about.write(path, made)
        except OSError as error:
            lock.release()
            raise Unwritable(f"{printable(str(path))} cannot be written: {error.strerror}.") from None
        return Opened(path, made, Log(path / EVENTS), lock)
    raise Unwritable(f"{printable(str(place))} holds too many runs called {name}.")


def reopen(path: Path) -> Opened:
    """A run's folder, to go on with it. Raises Unreadable or Unwritable."""
    made = about.read(path)
    lock = Lock(path)
    try:
        return Opened(path, made, Log(path / EVENTS), lock)
    except BaseException:
        lock.release()
        raise


def read(path: Path) -> Found:
    """A run as its folder holds it. Raises Unreadable."""
    made, lives = about.read(path), alive(path)
    kept = log.read(path / EVENTS) if os.path.lexists(path / EVENTS) else Recorded((), 0)
    reports = list[tuple[int, Report]]()
    for place, record in enumerate(kept.records):
        try:
            report = recorded(record)
        except BrokenLine:
            continue  # of a newer gradtui, or about the log itself
        if isinstance(report, Continued):  # what was lost with the program is not part of the run that went on
            reports = [(at, one) for at, one in reports if not (isinstance(one, Sampled) and one.frame.step > report.step)]
        reports.append((place, report))
    return Found(path, made, tuple(reports), len(kept.records), kept.problem, lives)
