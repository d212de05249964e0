"""The kinds of export, and writing one: never over what is there, unless that is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gradtui.core.text import printable
from gradtui.runs import whole
from gradtui.runs.export.pictures import pictures
from gradtui.runs.export.report import report
from gradtui.runs.export.tables import comma_separated, parquet
from gradtui.runs.export.tensorboard import events
from gradtui.runs.export.whole import everything
from gradtui.runs.folder import Found
from gradtui.runs.log import Unwritable

Files = dict[str, bytes]
"""What is written, by its place under the path that was named; the path itself is empty."""


@dataclass(frozen=True)
class Kind:
    """A kind of export: what it is, and how it is made."""

    help: str
    make: Callable[[Sequence[Found]], Files]


KINDS = {
    "csv": Kind("a table with a row for each number", lambda runs: {"": comma_separated(runs)}),
    "json": Kind("everything that is recorded", lambda runs: {"": everything(runs)}),
    "tensorboard": Kind("a folder of event files", events),
    "svg": Kind("a folder of pictures", pictures),
    "markdown": Kind("a folder with a report and its pictures", report),
    "parquet": Kind("the table in columns", lambda runs: {"": parquet(runs)}),
}


def export(runs: Sequence[Found], kind: str, out: Path, force: bool) -> tuple[Path, ...]:
    """Write runs as one of the kinds; returns the files. What is there is written over only by `force`. Raises Unwritable or
    Unreadable, and nothing is written where a file is there.
    """
    files = {out / name if name else out: data for name, data in KINDS[kind].make(runs).items()}
    if not force and (there := next((path for path in files if path.exists() or path.is_symlink()), None)):
        raise Unwritable(f"{printable(str(there))} exists already; nothing was written. Name another path, or add --force.")
    try:
        for path, data in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            whole.write(path, data)
    except OSError as error:
        raise Unwritable(f"{printable(str(out))} cannot be written: {error.strerror}.") from None
    return tuple(files)
