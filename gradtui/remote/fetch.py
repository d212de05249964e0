"""Fetching: what lies at an address, as text or as a list of presets. Nothing of it is believed or run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from gradtui.core.presets.preset import LARGEST, TOO_LARGE, Origin, Preset, parse
from gradtui.core.text import printable
from gradtui.remote.address import Address
from gradtui.remote.connection import SECONDS
from gradtui.remote.failures import RemoteFailure
from gradtui.remote.sftp import Sftp, connected


@dataclass(frozen=True)
class File:
    """A file's text, and the address with its path from the root."""

    address: Address
    text: str

    def preset(self) -> Preset:
        """The preset in it. Raises UnreadablePreset or InvalidExperiment, each naming the address."""
        origin = Origin(place=str(self.address), text=self.text)
        return parse(self.text, origin.place).model_copy(update={"origin": origin})


@dataclass(frozen=True)
class Folder:
    """A folder's presets by name, and the address with its path from the root."""

    address: Address
    names: tuple[str, ...]


Fetched = File | Folder


def fetch(
    address: Address,
    progress: Callable[[str], None] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
    seconds: float = SECONDS,
    shared: Path | None = None,
) -> Fetched:
    """What lies at an address. `progress` gets a line at every stage; `cancelled` is asked many times a second.

    `shared` is where a connection to share listens. Raises RemoteFailure, or Cancelled; ssh has ended in every case.
    """
    progress(f"Connecting to {address.host}")
    with connected(address, cancelled, seconds, shared) as sftp:
        progress(f"Reading {printable(address.path, 200)} on {address.host}")
        return _read(sftp, address)


def _read(sftp: Sftp, address: Address) -> Fetched:
    found = replace(address, path=sftp.realpath(address.path))
    attributes = sftp.stat(found.path)
    if attributes.folder:
        return Folder(found, tuple(name for name in sftp.names(found.path) if name.endswith(".toml") and "/" not in name))
    shown = f"{printable(found.path, 500)} on {address.host}"
    if not attributes.regular:
        raise RemoteFailure(f"{shown} is neither a regular file nor a folder, so it is no preset.")
    raw = b"" if (attributes.size or 0) > LARGEST else sftp.read(found.path, LARGEST + 1)
    if len(raw) > LARGEST or (attributes.size or 0) > LARGEST:
        raise RemoteFailure(f"{shown} {TOO_LARGE}")
    try:
        return File(found, raw.decode())
    except UnicodeDecodeError as error:
        raise RemoteFailure(f"{shown} is not UTF-8 text (byte {error.start}).") from None
