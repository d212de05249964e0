"""The collection: the presets that come with gradtui, the ones a person saved, and what a word for a preset stands for.

What reads them is imported when one is read: their names alone must come while a shell waits for them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from gradtui.core.text import nearest, printable

if TYPE_CHECKING:
    from gradtui.core.presets.preset import Preset

YOURS, OTHER = "Yours", "Other"
SUBJECTS = (
    YOURS,
    "Start here",
    "Depth",
    "Initialization",
    "Learning rate and optimizer",
    "Normalization and residual links",
    "Over time",
    "Transformers",
    OTHER,
)
"""Subjects in the order of a list of presets; further ones come after them by name."""


@dataclass(frozen=True)
class Entry:
    """A preset in a list: its name and what it is, or why it cannot be opened."""

    name: str
    subject: str
    preset: Preset | None
    mistake: str = ""

    @property
    def title(self) -> str:
        """The preset's title, or its file's name where it cannot be opened."""
        return self.preset.title if self.preset else self.name.rpartition("/")[2]


class Unread(Entry):
    """A preset on another machine that was not fetched yet. It is called by its address."""

    @property
    def title(self) -> str:
        """The file's name."""
        return printable(unquote(self.name.rpartition("/")[2]))


@dataclass(frozen=True)
class Shelf:
    """The presets in a folder: where it is, for a person, and what lies there."""

    place: str
    entries: tuple[Entry, ...]


@cache
def shipped() -> Mapping[str, Path]:
    """The files of the presets that come with gradtui, by name in alphabetical order."""
    return _files(_folder())


def own() -> Mapping[str, Path]:
    """The files of the presets that a person saved, by name in alphabetical order."""
    return _files(own_folder())


def known() -> Mapping[str, Path]:
    """The files of all presets that have a name, the shipped ones before those that a person saved under the same."""
    return {**own(), **shipped()}


def own_folder() -> Path:
    """Where a person's presets are saved. It need not exist."""
    import platformdirs

    return platformdirs.user_data_path("gradtui") / "presets"


def listed() -> list[Entry]:
    """All presets of the collection by subject, then by name."""
    yours = [_entry(name, path, YOURS) for name, path in own().items()]
    return in_order([*yours, *(_entry(name, path) for name, path in shipped().items())])


def shelf(folder: Path) -> Shelf:
    """The presets in a folder by subject, then by name. Each is called by its path."""
    return Shelf(str(folder), tuple(in_order([_entry(str(path), path) for path in _files(folder).values()])))


def folder(word: str) -> Path | None:
    """The folder that a word stands for; None where it stands for a preset."""
    path = Path(os.path.expanduser(word))
    return path if os.path.isdir(path) and word not in known() else None


def in_order(entries: list[Entry]) -> list[Entry]:
    """Entries by subject, then by name."""
    order: Mapping[str, int] = {subject: at for at, subject in enumerate(SUBJECTS)}
    return sorted(entries, key=lambda entry: (order.get(entry.subject, len(order)), entry.subject, entry.name))


def find(word: str) -> Preset:
    """The preset that a word stands for: the name of a shipped or a saved one, or the path of a file.

    Raises UnreadablePreset, with the nearest name where there is none of that name, or InvalidExperiment.
    """
    from gradtui.core.presets.preset import UnreadablePreset, read

    presets = shipped()
    if word in presets or word in (presets := known()):
        return read(presets[word])
    path = os.path.expanduser(word)
    if os.path.exists(path) or "/" in path or path.endswith(".toml"):
        return read(Path(path))
    meant = nearest(word, presets)
    hint = f" Did you mean {meant}?" if meant else ""
    raise UnreadablePreset(
        f"There is no preset called {printable(word, 60)}.{hint} `gradtui presets` lists them; the path of a file works too."
    )


def _files(folder: Path) -> dict[str, Path]:
    try:
        return {path.stem: path for path in sorted(folder.glob("*.toml"))}
    except OSError:
        return {}


def _entry(name: str, path: Path, subject: str = "") -> Entry:
    from gradtui.core.experiments.experiment import InvalidExperiment
    from gradtui.core.presets.preset import UnreadablePreset, read

    try:
        preset = read(path)
    except (UnreadablePreset, InvalidExperiment) as error:
        return Entry(printable(name), subject or OTHER, None, str(error))
    return Entry(printable(name), subject or preset.subject or OTHER, preset)


def _folder() -> Path:
    """Beside the code in an installed package, at the top of the repository otherwise."""
    package = Path(__file__).parents[2]
    installed = package / "presets"
    return installed if installed.is_dir() else package.parent / "presets"
