"""Saving: a preset into a file, with the comments that a person wrote there, and never over what somebody else wrote."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from typing import Any

from gradtui.core.experiments.experiment import InvalidExperiment
from gradtui.core.presets.collection import own_folder, shipped
from gradtui.core.presets.preset import LARGEST, Origin, Preset, UnreadablePreset, parse
from gradtui.core.text import printable

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


class Unsaved(ValueError):
    """A preset that was not saved, with the reason in a sentence."""


def place(word: str) -> Path:
    """The file that a person's word for a saved preset stands for: a name in the folder of own presets, or a path.

    Raises Unsaved where it is neither, or the name of a preset that comes with gradtui.
    """
    if "\0" in word:
        raise Unsaved("A path cannot hold a null byte. Choose another.")
    if "/" in word or word.endswith(".toml"):
        return Path(os.path.expanduser(word)).absolute()
    if not _NAME.fullmatch(word):
        raise Unsaved("A name has up to 64 small letters, digits, - and _, such as deep-tanh. A path ends in .toml.")
    if word in shipped():
        raise Unsaved(f"{word} comes with gradtui. Choose another name, such as my-{word}.")
    return own_folder() / f"{word}.toml"


def save(preset: Preset, path: Path) -> Preset:
    """Write a preset; returns it with its new origin.

    A file that is there already is replaced, in one go, only if the preset was read from it and it has not changed since.
    Raises Unsaved.
    """
    shown = printable(str(path))
    text = written(preset)
    try:
        path = path.resolve()
        if not path.exists():
            if path.suffix != ".toml":
                raise Unsaved(f"A path ends in .toml, which {shown} does not. Choose another, such as {shown}.toml.")
            path.parent.mkdir(parents=True, exist_ok=True)
            _create(path, text)
        elif preset.origin is None or Path(preset.origin.place).resolve() != path:
            raise Unsaved(f"{shown} is there already. Choose another name.")
        elif not path.is_file() or path.read_bytes() != preset.origin.text.encode():
            raise Unsaved(f"{shown} has changed since it was opened, and is left as it is. Save under another name.")
        else:
            _replace(path, text)
    except (OSError, ValueError) as error:
        if isinstance(error, Unsaved):
            raise
        raise Unsaved(f"{shown} cannot be written: {getattr(error, 'strerror', None) or printable(str(error), 200)}.") from None
    return preset.model_copy(update={"origin": Origin(place=str(path), text=text)})


def written(preset: Preset) -> str:
    """The preset as a file: the text that it was read from with what has changed since, comments and order kept.

    Raises Unsaved where that would be larger than what can be read again.
    """
    origin = preset.origin
    if origin is None:
        return _short(preset.toml())
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        before = parse(origin.text, origin.place)
        document = tomlkit.parse(origin.text)
        for name in Preset.model_fields:
            if name not in ("experiment", "origin") and getattr(before, name) != getattr(preset, name):
                document[name] = preset.expect.table() if name == "expect" else getattr(preset, name)
        for key, (_, value) in before.experiment.differences(preset.experiment).items():
            _put(document, key, value)
        text = _short(tomlkit.dumps(document))
        return text if parse(text, origin.place) == preset else _short(preset.toml())
    except (TOMLKitError, UnreadablePreset, InvalidExperiment, RecursionError):
        return _short(preset.toml())


def _short(text: str) -> str:
    if len(text.encode()) > LARGEST:
        raise Unsaved(f"A preset has at most {LARGEST >> 10} KiB, and this one would be larger. Shorten its texts or comments.")
    return text


def _put(document: Any, key: str, value: Any) -> None:
    """Set the value of a dotted key; None takes it away."""
    table, _, name = key.partition(".")
    if value is None:
        document.get(table, {}).pop(name, None)
    else:
        document.setdefault(table, {})[name] = list(value) if isinstance(value, tuple) else value


def _create(path: Path, text: str) -> None:
    """Write a file that must not be there yet; nothing stays of it when that fails."""
    with open(path, "x", encoding="utf-8", newline="") as file:
        try:
            _flush(file, text)
        except OSError:
            path.unlink()
            raise


def _replace(path: Path, text: str) -> None:
    """Put another file in the place of one, whole or not at all, with its permissions."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:200]}.")
    try:
        with open(handle, "w", encoding="utf-8", newline="") as file:
            os.fchmod(file.fileno(), path.stat().st_mode & 0o7777)
            _flush(file, text)
        os.replace(name, path)
    except OSError:
        os.unlink(name)
        raise


def _flush(file: Any, text: str) -> None:
    file.write(text)
    file.flush()
    os.fsync(file.fileno())
