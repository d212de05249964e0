"""Runs as they are listed: one line each, whatever state its folder is in."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from gradtui.core.frozen import Frozen
from gradtui.core.measured.frame import Number
from gradtui.core.text import printable
from gradtui.runs import folder, log, whole
from gradtui.runs.about import Unreadable
from gradtui.runs.editing import clear
from gradtui.runs.folder import EVENTS
from gradtui.runs.lock import alive

State = Literal["running", "done", "stopped", "interrupted", "diverged", "damaged", "unreadable"]
MOST, LARGEST = 200, 2 << 30
"""Runs, and bytes of all of them, that are kept of those that no person named, tagged or wrote a note on."""
_SHORT = "short.json"


class Listed(Frozen):
    """A run in a list. `steps` are those made, `of` those asked for; `kept` says that a person named, tagged or
    noted it, and `problem` is a sentence, None where nothing is wrong.
    """

    id: str
    path: str
    state: State
    title: str = ""
    preset: str = ""
    changes: dict[str, Any] = Field(default_factory=dict)
    steps: int = 0
    of: int = 0
    loss: Number | None = None
    validation_loss: Number | None = None
    findings: tuple[str, ...] = ()
    started: datetime | None = None
    seconds: Number | None = None
    device: str = ""
    tags: tuple[str, ...] = ()
    note: str = ""
    kept: bool = False
    experiment: dict[str, dict[str, Any]] = Field(default_factory=dict)
    problem: str | None = None


class _Short(Frozen):
    """A line as it was made of a log of this size and time."""

    size: int
    changed: Annotated[int, Field(ge=0)]
    about: int
    line: Listed


def listed(place: Path) -> list[Listed]:
    """All runs in a place, the newest first; what cannot be read is listed with the reason. Never raises."""
    return sorted(map(line, paths(place)), key=lambda one: (one.started is not None, one.started, one.id), reverse=True)


def paths(place: Path) -> list[Path]:
    """The folders in a place that may hold runs, the newest first as far as their names tell. Never raises."""
    try:
        with os.scandir(place) as entries:
            return [place / name for name in sorted((entry.name for entry in entries if entry.name[0] != "."), reverse=True)]
    except OSError:
        return []


def line(path: Path) -> Listed:
    """A run as it is listed. Never raises."""
    try:
        if (short := _short(path)) is not None:
            return short
        stamp = _stamp(path)
        return _kept(path, _line(path), stamp)
    except Unreadable as error:
        return Listed(id=_name(path), path=_shown(path), state="unreadable", problem=str(error))


def prune(place: Path) -> None:
    """Let go of the oldest runs beyond what is kept, and of deleted ones; those that are being written stay, and those that a
    person named, tagged or wrote a note on.
    """
    clear(place)
    kept, size = 0, 0
    for one in listed(place):
        path = place / one.id
        if one.kept or one.state in ("running", "unreadable"):
            continue
        kept, size = kept + 1, size + sum(entry.stat().st_size for entry in _files(path))
        if kept > MOST or size > LARGEST:
            shutil.rmtree(path, ignore_errors=True)


def _files(path: Path) -> Iterator[os.DirEntry[str]]:
    with os.scandir(path) as entries:
        yield from (entry for entry in entries if entry.is_file(follow_symlinks=False))


def _line(path: Path) -> Listed:
    found = folder.read(path)
    run, about = found.run, found.about
    last = run.history.newest
    return Listed(
        id=_name(path),
        path=_shown(path),
        state=_state(found.alive, found.problem, run.ended.status if run.ended else None),
        title=about.called,
        preset=about.preset,
        changes=dict(about.changes),
        steps=run.step,
        of=max(run.experiment.run.steps, run.step),
        loss=last.loss.last if last else None,
        validation_loss=run.history.validation_loss.last[-1, 0] if len(run.history.validation_loss) else None,
        findings=tuple(finding.rule for finding in run.findings if finding.until is None),
        started=about.began,
        seconds=max(0.0, _touched(path) - about.began.astimezone(UTC).timestamp()),
        device=run.started.device if run.started else "",
        tags=about.tags,
        note=about.note,
        kept=bool(about.name or about.tags or about.note),
        experiment=about.experiment,
        problem=found.problem or None,
    )


def _state(lives: bool, problem: str, ended: Literal["done", "stopped", "diverged"] | None) -> State:
    return "damaged" if problem else ended or ("running" if lives else "interrupted")


def _short(path: Path) -> Listed | None:
    """The line that was made of this log and not changed since; None where there is none."""
    kept = log.read(path / _SHORT).records
    try:
        short = _Short.model_validate(kept[0])
        current = (short.size, short.changed, short.about) == _stamp(path)
    except (IndexError, ValidationError, OSError):
        return None
    return short.line.model_copy(update={"path": _shown(path), "id": _name(path)}) if current and not alive(path) else None


def _kept(path: Path, made: Listed, stamp: tuple[int, int, int] | None) -> Listed:
    """Keep a line that was made of files as they were then for the next time, where that is possible and the run does not grow."""
    if made.state != "running" and stamp is not None:
        try:
            size, changed, about = stamp
            short = _Short(size=size, changed=changed, about=about, line=made)
            whole.write(path / _SHORT, log.line(short.model_dump_json().encode()))
        except OSError:
            pass
    return made


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """What tells a run's files from what they were before; None where they cannot be seen."""
    try:
        events, about = os.stat(path / EVENTS), os.stat(path / "run.json")
    except OSError:
        return None
    return events.st_size, events.st_mtime_ns, about.st_mtime_ns


def _touched(path: Path) -> float:
    try:
        return os.stat(path / EVENTS).st_mtime
    except OSError:
        return datetime.now(UTC).timestamp()


def _name(path: Path) -> str:
    return printable(path.name.encode(errors="replace").decode(errors="replace"), 200)


def _shown(path: Path) -> str:
    return str(path).encode(errors="replace").decode(errors="replace")
