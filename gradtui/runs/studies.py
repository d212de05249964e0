"""Study folders: what was asked, and one line for every cell that is done, so that a study goes on where it was."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from gradtui import __version__
from gradtui.core.experiments.experiment import InvalidExperiment, experiment
from gradtui.core.measured.result import Result
from gradtui.core.text import printable
from gradtui.runs import whole
from gradtui.runs.log import Log, Unwritable, read
from gradtui.study.study import InvalidStudy, Study, study
from gradtui.study.vary import Varied

SCHEMA = 1
_PLAN, _CELLS = "plan.json", "cells.jsonl"
_LARGEST = 1 << 20
"""Bytes: a larger plan is none."""
_MOST = 10_000
"""Folders of one name."""


class Unreadable(ValueError):
    """A folder that holds no study that can be read; the message says why."""


class Kept:
    """A study's folder, open for writing. `results` are those that were there; `problem` says why nothing is kept any more, empty
    while it is.
    """

    def __init__(self, path: Path, title: str, made: Study) -> None:
        """Raises Unwritable."""
        self.path, self.title, self.study = path, title, made
        self._log = Log(path / _CELLS)
        self.results = _results(path)
        self.problem = ""

    def keep(self, result: Result) -> None:
        """Write a cell's result. What cannot be written is told once, and the study goes on."""
        try:
            self._log.append(result.model_dump())
            self.problem = ""
        except Unwritable as error:
            self.problem = f"Nothing is saved: {error}"

    def close(self) -> None:
        """End writing."""
        self._log.close()


def root() -> Path:
    """Where studies are kept unless they are told another place."""
    import platformdirs

    return platformdirs.user_data_path("gradtui") / "studies"


def create(made: Study, title: str, folder: Path | None = None) -> Kept:
    """A new folder for a study: the one that is named, which may not exist, or one of its own. Raises Unwritable."""
    plan = {"schema": SCHEMA, "title": title, "gradtui": __version__, "began": _now(), "study": plan_of(made)}
    for path in [folder] if folder else _names(made, title):
        try:
            path.mkdir(parents=True)
        except FileExistsError:
            continue
        except OSError as error:
            raise Unwritable(f"{printable(str(path))} cannot be made: {error.strerror}.") from None
        try:
            whole.write(path / _PLAN, json.dumps(plan, indent=1).encode())
        except OSError as error:
            raise Unwritable(f"{printable(str(path))} cannot be written: {error.strerror}.") from None
        return Kept(path, title, made)
    raise Unwritable(f"{printable(str(folder or root()))} exists already. --resume goes on with a study.")


def reopen(path: Path) -> Kept:
    """A study's folder, with what is known. Raises Unreadable, InvalidExperiment or Unwritable."""
    title, made = _plan(path)
    return Kept(path, title, made)


def newest(made: Study, title: str) -> Path | None:
    """The newest folder of the same study; None where there is none."""
    found = None
    for path in _names(made, title):
        if not path.exists():
            return found
        found = path
    return found


def is_study(path: Path) -> bool:
    """Whether a folder looks like a study's."""
    return (path / _PLAN).is_file()


def plan_of(made: Study) -> dict[str, Any]:
    """What was asked, as JSON."""
    return {
        "experiment": made.experiment.tables(),
        "varied": [{"key": one.key, "values": list(one.values)} for one in made.varied],
        "mode": made.mode,
        "seeds": made.seeds,
        "folds": made.folds,
        "by": made.by,
        "target": made.target,
        "halve": made.halve,
    }


def _names(made: Study, title: str) -> Iterator[Path]:
    """The places of a study's folders, one after the other: its title, and a sum of what was asked."""
    words = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40] or "study"
    name = f"{words}-{hashlib.sha256(json.dumps(plan_of(made), sort_keys=True).encode()).hexdigest()[:8]}"
    for number in range(1, _MOST):
        yield root() / (name if number == 1 else f"{name}-{number}")


def _plan(path: Path) -> tuple[str, Study]:
    shown = printable(str(path / _PLAN))
    try:
        with open(path / _PLAN, "rb") as file:
            data = file.read(_LARGEST + 1)
        found = json.loads(data) if len(data) <= _LARGEST else None
    except OSError as error:
        raise Unreadable(f"{shown} cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError):
        raise Unreadable(f"{shown} is no JSON, so this is no study.") from None
    if not isinstance(found, dict) or not isinstance(asked := found.get("study"), dict):
        raise Unreadable(f"{shown} holds no study.")
    if found.get("schema") != SCHEMA:
        raise Unreadable(f"{shown} is of another version of gradtui: its schema is {printable(str(found.get('schema')), 20)}.")
    return printable(str(found.get("title", "")), 100), _study(asked, shown)


def _study(asked: dict[str, Any], shown: str) -> Study:
    try:
        varied = [Varied(key=str(one["key"]), values=tuple(_value(value) for value in one["values"])) for one in asked["varied"]]
        return study(
            experiment(asked["experiment"]),
            varied,
            as_they_come=asked["mode"] == "as they come",
            seeds=_whole(asked["seeds"], 1),
            folds=_whole(asked["folds"], 0),
            by=str(asked["by"]),
            target=None if asked["target"] is None else float(asked["target"]),
            halve=asked["halve"] is True,
        )
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise Unreadable(f"{shown} holds no study: {type(error).__name__} {printable(str(error), 100)}.") from None
    except InvalidExperiment:
        raise
    except (InvalidStudy, ValueError) as error:
        raise Unreadable(f"{shown} holds a study that cannot be: {printable(str(error), 300)}") from None


def _value(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _whole(value: Any, least: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= 1000:
        raise ValueError(f"seeds and folds are whole numbers up to 1000, not {printable(str(value), 20)}.")
    return value


def _results(path: Path) -> dict[str, Result]:
    """The cells that are done, by name; lines that hold none are left out."""
    found = {}
    for record in read(path / _CELLS).records:
        try:
            result = Result.model_validate(record)
        except ValidationError:
            continue
        found[result.cell] = result
    return found


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
