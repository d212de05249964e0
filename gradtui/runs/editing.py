"""What a person writes on a recorded run, and letting go of one; it comes back while it is not pruned."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from gradtui.core.text import printable
from gradtui.runs import about
from gradtui.runs.lock import alive

_DELETED = ".deleted"
KEPT = 7 * 86400.0
"""Seconds for which a deleted run comes back."""


class Unedited(ValueError):
    """A run that stays as it was; the message says why."""


def edit(path: Path, words: Mapping[str, Any]) -> None:
    """Give a run another `name`, other `tags` or another `note`. Raises Unedited or Unreadable."""
    made = about.read(path)
    try:
        about.write(path, about.About.model_validate({**made.model_dump(), **words}))
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False, include_context=False)[0]
        raise Unedited(f"{wrong['loc'][0]}: {printable(wrong['msg'], 100)}.") from None
    except OSError as error:
        raise Unedited(f"{printable(str(path))} cannot be written: {error.strerror}.") from None


def delete(path: Path) -> Path:
    """Let go of a run: it stands aside, and is listed no more. Returns where. Raises Unedited."""
    if alive(path):
        raise Unedited("The run is being trained. Stop it first.")
    aside = path.parent / _DELETED
    try:
        aside.mkdir(exist_ok=True)
        to = _free(aside / path.name)
        os.rename(path, to)
        os.utime(to)
    except OSError as error:
        raise Unedited(f"{printable(str(path))} cannot be deleted: {error.strerror}.") from None
    return to


def restore(place: Path) -> Path | None:
    """Bring the run back that was deleted last. Returns where it is; None where none is left. Raises Unedited."""
    try:
        with os.scandir(place / _DELETED) as entries:
            newest = max(((entry.stat().st_mtime, entry.path) for entry in entries), default=None)
        if newest is None:
            return None
        back = _free(place / Path(newest[1]).name)
        os.rename(newest[1], back)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Unedited(f"The deleted run cannot be brought back: {error.strerror}.") from None
    return back


def clear(place: Path) -> None:
    """Take deleted runs away for good once they are old."""
    try:
        with os.scandir(place / _DELETED) as entries:
            old = [entry.path for entry in entries if entry.stat().st_mtime < time.time() - KEPT]
    except OSError:
        return
    for path in old:
        shutil.rmtree(path, ignore_errors=True)


def _free(path: Path) -> Path:
    """This path, or the first like it that is free."""
    number, free = 1, path
    while os.path.lexists(free):
        number += 1
        free = path.with_name(f"{path.name}-{number}")
    return free
