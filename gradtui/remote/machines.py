"""Other machines as the app reaches them: presets come from there and go back, and logins that ssh asked for are kept."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory, gettempdir

from gradtui.core.presets.collection import Shelf, Unread, find, folder, shelf
from gradtui.core.presets.preset import Preset
from gradtui.core.presets.saving import place, save
from gradtui.core.text import printable
from gradtui.remote import command
from gradtui.remote.address import Address, elsewhere, parse
from gradtui.remote.failures import RemoteFailure
from gradtui.remote.fetch import File, fetch
from gradtui.remote.put import put

Progress = Callable[[str], None]
Cancelled = Callable[[], bool]

_PATIENCE = 5.0
"""Seconds that a connection has to end."""
_LONGEST_SOCKET = 103
"""Bytes of a socket's path that every system takes."""
_MAKING = 17
"""Bytes that OpenSSH adds to the path while it makes the socket."""


class Machines:
    """Opens and saves presets anywhere.

    A login is a connection that ssh made while it had the terminal to itself and could ask. It listens in a folder that only this
    user may enter, so that what is opened and saved afterwards need not ask again. `close` ends them all.
    """

    def __init__(self) -> None:
        self._folder: TemporaryDirectory[str] | None = None
        self._logins: dict[Address, Path] = {}

    def open(self, word: str, progress: Progress, cancelled: Cancelled) -> Preset | Shelf:
        """What a word stands for: a preset, or the presets in a folder, here or on another machine.

        Raises BadAddress, RemoteFailure, Cancelled, UnreadablePreset or InvalidExperiment.
        """
        if not elsewhere(word):
            return shelf(here) if (here := folder(word)) else find(word)
        address = parse(word)
        found = fetch(address, progress, cancelled, shared=self._logins.get(_place(address)))
        if isinstance(found, File):
            return found.preset()
        heading = f"{printable(found.address.path)} on {found.address.host}"
        return Shelf(heading, tuple(Unread(str(found.address.child(name)), heading, preset=None) for name in found.names))

    def save(self, preset: Preset, word: str, progress: Progress, cancelled: Cancelled) -> Preset:
        """Write a preset where a word says, here or on another machine; returns it with its new origin.

        Raises BadAddress, RemoteFailure, Cancelled or Unsaved.
        """
        if not elsewhere(word):
            path = place(word)
            progress(f"Writing {printable(str(path))}")
            return save(preset, path)
        address = parse(word)
        return put(preset, address, progress, cancelled, shared=self._logins.get(_place(address)))

    def login(self, address: Address) -> list[str]:
        """The command that logs in, to be run where ssh can ask. What is opened there afterwards goes over its connection.

        Raises RemoteFailure where no folder has a path that is short enough for a socket.
        """
        self._leave(_place(address))
        if self._folder is None:
            self._folder = _short_folder()
        shared = Path(self._folder.name) / token_hex(4)
        argv = command.master(address, os.environ, shared)
        self._logins[_place(address)] = shared
        return argv

    def close(self) -> None:
        """End all logins."""
        for machine in list(self._logins):
            self._leave(machine)
        if self._folder is not None:
            self._folder.cleanup()

    def _leave(self, machine: Address) -> None:
        shared = self._logins.pop(machine, None)
        if shared is None or not shared.exists():
            return
        argv, null = command.leave(machine, os.environ, shared), subprocess.DEVNULL
        with suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(argv, stdin=null, stdout=null, stderr=null, timeout=_PATIENCE, check=False)
        shared.unlink(missing_ok=True)


def _short_folder() -> TemporaryDirectory[str]:
    """A folder that only this user may enter, where a socket's path is short enough."""
    for parent in (gettempdir(), os.environ.get("XDG_RUNTIME_DIR", ""), "/tmp"):
        longest = os.path.join(parent, "gradtui-xxxxxxxx", "x" * 8)
        if os.path.isabs(parent) and len(os.fsencode(longest)) + _MAKING <= _LONGEST_SOCKET:
            with suppress(OSError):
                return TemporaryDirectory(prefix="gradtui-", dir=parent)
    raise RemoteFailure("No folder for the connection's socket has a path that is short enough. Set TMPDIR to a short one.")


def _place(address: Address) -> Address:
    """The machine alone: who logs in where."""
    return replace(address, path="")
