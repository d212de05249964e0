"""Fetching: what lies at an address, as text or as a list of presets. Nothing of it is believed or run."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable
from dataclasses import dataclass, replace

from gradtui.core.preset import LARGEST
from gradtui.core.text import printable
from gradtui.remote.address import Address
from gradtui.remote.connection import SECONDS, Connection
from gradtui.remote.failures import Unfetched
from gradtui.remote.sftp import Sftp


@dataclass(frozen=True)
class File:
    """A file's text, and the address with its path from the root."""

    address: Address
    text: str

    @property
    def sha256(self) -> str:
        """What tells this text from every other."""
        return hashlib.sha256(self.text.encode()).hexdigest()


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
) -> Fetched:
    """What lies at an address. `progress` gets a line at every stage; `cancelled` is asked many times a second.

    Raises Unfetched, or Cancelled; ssh has ended in every case.
    """
    progress(f"Connecting to {address.host}")
    with Connection(address, cancelled, seconds) as connection:
        try:
            sftp = Sftp(connection, address)
            progress(f"Reading {printable(address.path, 200)} on {address.host}")
            return _read(sftp, address)
        except struct.error:
            raise Unfetched(f"{address.host} answers against the rules of SFTP. Nothing was loaded.") from None


def _read(sftp: Sftp, address: Address) -> Fetched:
    found = replace(address, path=sftp.realpath(address.path))
    attributes = sftp.stat(found.path)
    if attributes.folder:
        return Folder(found, tuple(name for name in sftp.names(found.path) if name.endswith(".toml") and "/" not in name))
    shown = f"{printable(found.path, 500)} on {address.host}"
    if not attributes.regular:
        raise Unfetched(f"{shown} is neither a regular file nor a folder, so it is no preset.")
    raw = b"" if (attributes.size or 0) > LARGEST else sftp.read(found.path, LARGEST + 1)
    if len(raw) > LARGEST or (attributes.size or 0) > LARGEST:
        raise Unfetched(f"{shown} is larger than 1 MiB, so it is no preset.")
    try:
        return File(found, raw.decode())
    except UnicodeDecodeError as error:
        raise Unfetched(f"{shown} is not UTF-8 text (byte {error.start}).") from None
