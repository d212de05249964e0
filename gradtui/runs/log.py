"""A log: one JSON object a line, each with its checksum and written whole, so that what was acknowledged is never lost.

A line is the CRC-32 of the object's bytes in eight hexadecimal digits, a blank, and the object. A last line without its newline is
one that was being written: not yet there, and no damage. Anything else that does not agree with its sum is, and what stands after
it is not believed.
"""

from __future__ import annotations

import json
import math
import os
import stat
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradtui.core.text import printable

LARGEST = 1 << 30
"""Bytes: a longer log is not read."""
_SUM = 8


class Unwritable(OSError):
    """A log that cannot be written; the message says why."""


@dataclass(frozen=True)
class Recorded:
    """What a log holds: its records up to the first damage, how many bytes they take, and what is wrong; empty where nothing is.
    `torn` says that another record was being written when its program ended.
    """

    records: tuple[dict[str, Any], ...]
    size: int
    problem: str = ""
    torn: bool = False


class Log:
    """A log that is open for writing, by one program at a time. Raises Unwritable."""

    def __init__(self, path: Path) -> None:
        """Open a log, or make one; a record that was not written whole is cut off. Raises Unwritable where it is damaged."""
        self._path = path
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise Unwritable(f"{printable(str(path))} cannot be written: {error.strerror}.") from None
        try:
            self._lock()
            known = read(path)
            if known.problem:
                raise Unwritable(f"{known.problem} It is left as it is.")
            os.ftruncate(self._file, known.size)
            os.lseek(self._file, 0, os.SEEK_END)
        except BaseException:
            os.close(self._file)
            raise

    def __enter__(self) -> Log:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def append(self, *records: Mapping[str, Any] | bytes) -> None:
        """Write records, or the JSON of them, in one piece. Raises Unwritable, and then the log is as it was before."""
        before = os.lseek(self._file, 0, os.SEEK_CUR)
        data = b"".join(map(line, records))
        try:
            written = os.write(self._file, data)
            if written == len(data):
                return
            reason = "there is no room left"
        except OSError as error:
            reason = error.strerror or str(error)
        os.ftruncate(self._file, before)
        os.lseek(self._file, before, os.SEEK_SET)
        raise Unwritable(f"{printable(str(self._path))} cannot be written: {reason}.")

    def sync(self) -> None:
        """Return when what was written is on the disk, not only with the system."""
        os.fsync(self._file)

    def close(self) -> None:
        """End writing."""
        os.close(self._file)

    def _lock(self) -> None:
        """Keep other programs from writing. Where the file system has no locks there is none."""
        import fcntl

        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Unwritable(f"{printable(str(self._path))} is being written by another gradtui.") from None
        except OSError:
            return


def line(record: Mapping[str, Any] | bytes) -> bytes:
    """A record, or the JSON of one, as it stands in a log, with its newline."""
    data = record
    if not isinstance(data, bytes):
        data = json.dumps(_spelled(record), separators=(",", ":"), allow_nan=False).encode()
    return b"%08x %s\n" % (zlib.crc32(data), data)


def read(path: Path) -> Recorded:
    """What a log holds. Never raises: what is wrong is told."""
    shown = printable(str(path))
    try:
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode):
                return Recorded((), 0, f"{shown} is no regular file, so it is not read.")
            if about.st_size > LARGEST:
                return Recorded((), 0, f"{shown} is larger than {LARGEST >> 30} GiB, so it is not read.")
            data = file.read()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or printable(str(error), 200)
        return Recorded((), 0, f"{shown} cannot be read: {reason}.")
    records, at = list[dict[str, Any]](), 0
    while (end := data.find(b"\n", at)) >= 0:
        record = _record(data[at:end])
        if record is None:
            return Recorded(tuple(records), at, f"{shown} is damaged at byte {at}; what stands before it is used.")
        records.append(record)
        at = end + 1
    return Recorded(tuple(records), at, torn=at < len(data))


def _record(text: bytes) -> dict[str, Any] | None:
    """The record in a line without its newline; None where it does not agree with its sum."""
    claimed, blank, data = text[:_SUM], text[_SUM : _SUM + 1], text[_SUM + 1 :]
    if blank != b" " or claimed != b"%08x" % zlib.crc32(data):
        return None
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _spelled(value: Any) -> Any:
    """A value whose numbers that are not finite are the strings that models read as numbers again."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, Mapping):
        return {str(key): _spelled(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_spelled(part) for part in value]
    return value
