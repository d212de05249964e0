"""Settings: what a person wants kept from one start to the next, in a small TOML file that the program and a hand both write.

The file is hostile until checked. What is wrong with it is told and left aside; it never keeps the program from starting.
"""

from __future__ import annotations

import os
import re
import stat
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gradtui.core.text import nearest, printable

LARGEST = 1 << 14
"""Bytes: a larger file holds no settings and is not read."""

AUTO = "auto"
"""The theme that follows the terminal's background."""

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_ID = re.compile(r"[a-z_]{1,30}\.[a-z_]{1,30}")
_KNOWN = ("theme", "record", "keys")
_HEAD = "# Settings of gradtui. `gradtui config` tells what they mean.\n"


@dataclass(frozen=True)
class Settings:
    """The settings in a file: the theme by name, `AUTO` for one that suits the terminal; keys by the id of what they do; whether
    runs are recorded; and what is wrong with the file, a sentence each.
    """

    theme: str = AUTO
    keys: Mapping[str, str] = field(default_factory=dict)
    mistakes: tuple[str, ...] = ()
    record: bool = True


class Unkept(ValueError):
    """A setting that could not be written, with the reason in a sentence."""


def place() -> Path:
    """The file of settings. It need not exist."""
    import platformdirs

    return platformdirs.user_config_path("gradtui") / "settings.toml"


def read(path: Path) -> Settings:
    """The settings in a file; the defaults, and why, for what cannot be used. Never raises."""
    try:
        data = tomllib.loads(_text(path))
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or printable(str(error), 200)
        return Settings(mistakes=(f"{printable(str(path))} is left aside: {reason}.",))
    theme, mistakes = data.get("theme", AUTO), []
    if not (isinstance(theme, str) and _NAME.fullmatch(theme)):
        mistakes.append('theme is not the name of one. Allowed: a name such as "textual-light".')
        theme = AUTO
    record = data.get("record", True)
    if not isinstance(record, bool):
        mistakes.append("record is neither true nor false. With false, runs are recorded only where --runs names a folder.")
    for name in data:
        if name not in _KNOWN:
            meant = nearest(name, _KNOWN)
            hint = f" Did you mean {meant}?" if meant else ""
            mistakes.append(f"{printable(name, 60)} is no setting.{hint} Allowed: {', '.join(_KNOWN)}.")
    keys = {}
    for name, value in _flat(data.get("keys", {})):
        if _ID.fullmatch(name) and isinstance(value, str) and len(value) <= 200:
            keys[name] = printable(value)
        else:
            mistakes.append(f'{printable(f"keys.{name}", 60)} is no choice of keys. Allowed: such as run.toggle = "space".')
    return Settings(theme, keys, tuple(mistakes[:10]), record is not False)


def _flat(keys: object) -> Iterator[tuple[str, Any]]:
    """Ids and what stands for them, whether an id is one quoted name or a dotted one."""
    if not isinstance(keys, dict):
        yield "", keys
        return
    for name, value in keys.items():
        if isinstance(value, dict):
            yield from ((f"{name}.{inner}", keys) for inner, keys in value.items())
        else:
            yield name, value


def keep(path: Path, name: str, value: str) -> None:
    """Write one setting into the file, whole or not at all; comments and all else that stands there stay. Raises Unkept."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    shown = printable(str(path))
    try:
        path = path.resolve()
        text = _text(path) if path.exists() else _HEAD
        tomllib.loads(text)
        document = tomlkit.parse(text)
        document[name] = value
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, tomlkit.dumps(document))
    except (OSError, ValueError, TOMLKitError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or printable(str(error), 200)
        raise Unkept(f"{shown} is left as it is: {reason}.") from None


def _text(path: Path) -> str:
    """The text of a regular file of a setting file's size. Raises OSError or ValueError."""
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ValueError("it is not a regular file")
        raw = file.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise ValueError("it is larger than 16 KiB")
    return raw.decode()


def _write(path: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(handle, "w", encoding="utf-8", newline="") as file:
            os.fchmod(file.fileno(), path.stat().st_mode & 0o7777 if path.exists() else 0o644)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except OSError:
        os.unlink(name)
        raise
