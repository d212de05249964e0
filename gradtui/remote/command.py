"""What is started to reach another machine: the system's ssh with a list of arguments, never a line for a shell."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

from gradtui.remote.address import Address
from gradtui.remote.failures import RemoteFailure

KEPT = 600
"""Seconds that a connection opened in the terminal stays after its last use, should nobody be left to end it."""

_CONNECTING = [
    *("-x", "-a"),
    *("-o", "ClearAllForwardings=yes"),
    *("-o", "PermitLocalCommand=no"),
    *("-o", "RemoteCommand=none"),
    *("-o", "ConnectTimeout=10"),
    *("-o", "ServerAliveInterval=5"),
    *("-o", "ServerAliveCountMax=2"),
]


def sftp(address: Address, environ: Mapping[str, str], shared: Path | None) -> list[str]:
    """What speaks SFTP and asks nobody anything; over the connection that listens at `shared` where there is one.

    GRADTUI_SSH replaces the program, as in `ssh -F file`. Raises RemoteFailure where it cannot be read.
    """
    over = ["-o", "ControlMaster=no", "-S", str(shared)] if shared else []
    asking_nobody = ["-T", "-o", "BatchMode=yes"]
    return [*_program(environ), *asking_nobody, *_CONNECTING, *over, *_login(address), "-s", "--", address.host, "sftp"]


def master(address: Address, environ: Mapping[str, str], shared: Path) -> list[str]:
    """What asks the user whatever ssh wants to know, leaves a connection that listens at `shared`, and ends."""
    sharing = ["-N", "-o", "ControlMaster=yes", "-o", f"ControlPersist={KEPT}", "-S", str(shared)]
    return [*_program(environ), *_CONNECTING, *sharing, *_login(address), "--", address.host]


def leave(address: Address, environ: Mapping[str, str], shared: Path) -> list[str]:
    """What ends the connection that listens at `shared`."""
    return [*_program(environ), "-S", str(shared), "-O", "exit", *_login(address), "--", address.host]


def _program(environ: Mapping[str, str]) -> list[str]:
    try:
        program = shlex.split(environ.get("GRADTUI_SSH", "ssh"))
    except ValueError:
        program = []
    if not program:
        raise RemoteFailure("GRADTUI_SSH names no program. Unset it, or set it to one such as `ssh -F file`.")
    return program


def _login(address: Address) -> list[str]:
    port = ["-p", str(address.port)] if address.port else []
    return [*port, *(["-l", address.user] if address.user else [])]
