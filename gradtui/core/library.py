"""The library: the presets that come with gradtui, and what a person's word for a preset stands for."""

from __future__ import annotations

import os
from pathlib import Path

from gradtui.core.preset import Preset, UnreadablePreset, read
from gradtui.core.text import nearest, printable


def shipped() -> dict[str, Path]:
    """The files of the presets that come with gradtui, by name in alphabetical order."""
    return {path.stem: path for path in sorted(_folder().glob("*.toml"))}


def find(word: str) -> Preset:
    """The preset that a word stands for: the name of a shipped one, or the path of a file.

    Raises UnreadablePreset, with the nearest name where there is none of that name, or InvalidExperiment.
    """
    presets = shipped()
    if word in presets:
        return read(presets[word])
    path = os.path.expanduser(word)
    if os.path.exists(path) or "/" in path or path.endswith(".toml"):
        return read(Path(path))
    meant = nearest(word, presets)
    hint = f" Did you mean {meant}?" if meant else ""
    raise UnreadablePreset(
        f"There is no preset called {printable(word, 60)}.{hint} `gradtui presets` lists them; the path of a file works too."
    )


def _folder() -> Path:
    """Beside the code in an installed package, at the top of the repository otherwise."""
    package = Path(__file__).parents[1]
    installed = package / "presets"
    return installed if installed.is_dir() else package.parent / "presets"
