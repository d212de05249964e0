"""Who writes a run: one program at a time, and whether it still lives."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import socket
import time
from pathlib import Path

from gradtui.core.text import printable
from gradtui.runs.log import Unwritable

_NAME = "lock"
_LARGEST = 4096
_TRIES, _LOOK = 3, 0.005
"""How often, and how many seconds apart, a lock is tried that is held: another program may only be looking."""


class Lock:
    """Held from now to `release`, or to the end of this program however it ends. Raises Unwritable where another one holds it."""

    def __init__(self, folder: Path) -> None:
        path = folder / _NAME
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600)
        except OSError as error:
            raise Unwritable(f"{printable(str(path))} cannot be written: {error.strerror}.") from None
        if _held(self._file, fcntl.LOCK_EX):
            os.close(self._file)
            raise Unwritable(f"{printable(str(folder))} is being written by another gradtui.")
        with contextlib.suppress(OSError):  # a full disk: the lock is held all the same
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, json.dumps(_holder()).encode(), 0)

    def release(self) -> None:
        """Let others write the run."""
        with contextlib.suppress(OSError):
            os.ftruncate(self._file, 0)
        os.close(self._file)


def alive(folder: Path) -> bool:
    """Whether a program is writing a run. Never raises."""
    try:
        file = os.open(folder / _NAME, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        return _held(file, fcntl.LOCK_SH)
    except OSError:
        return False
    finally:
        os.close(file)


def _held(file: int, how: int) -> bool:
    """Whether another program holds the lock; where not, this file has it now. One that only looks at it is waited for.

    Where the file system has no locks, its holder is who is named in it and lives; one on another machine is believed to.
    """
    for _ in range(_TRIES):
        try:
            fcntl.flock(file, how | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_LOOK)
        except OSError:
            return _lives(os.pread(file, _LARGEST, 0))
        else:
            return False
    return True


def _lives(named: bytes) -> bool:
    try:
        holder = json.loads(named)
        host, process, began = holder["host"], int(holder["process"]), holder["began"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return False
    return bool(host != socket.gethostname() or (process != os.getpid() and _began(process) == began is not None))


def _holder() -> dict[str, str | int | None]:
    return {"host": socket.gethostname(), "process": os.getpid(), "began": _began(os.getpid())}


def _began(process: int) -> str | None:
    """When a process began, in the kernel's ticks, to tell it from another one of its number; None where there is none."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return None
