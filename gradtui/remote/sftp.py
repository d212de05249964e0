"""SFTP version 3, as much of it as reading presets takes (draft-ietf-secsh-filexfer-02)."""

from __future__ import annotations

import stat
import struct
from dataclasses import dataclass

from gradtui.core.text import printable
from gradtui.remote.address import Address
from gradtui.remote.connection import Connection
from gradtui.remote.failures import Unfetched, from_noise

_INIT, _VERSION, _OPEN, _READ, _OPENDIR, _READDIR, _REALPATH, _STAT = 1, 2, 3, 5, 11, 12, 16, 17
_STATUS, _HANDLE, _DATA, _NAME, _ATTRS = 101, 102, 103, 104, 105
_EOF, _NO_SUCH_FILE, _PERMISSION_DENIED = 1, 2, 3
_FOR_READING = 1
_HAS_SIZE, _HAS_OWNER, _HAS_MODE, _HAS_TIMES, _HAS_MORE = 1, 2, 4, 8, 1 << 31
_LONGEST = 256 << 10
"""Bytes of the longest packet that any server sends."""
_CHUNK = 32 << 10
_MOST_NAMES = 10_000


@dataclass(frozen=True)
class Attributes:
    """What a server says of a file. Size or mode are None where it does not say."""

    size: int | None
    mode: int | None

    @property
    def folder(self) -> bool:
        """Whether it is a folder."""
        return self.mode is not None and stat.S_ISDIR(self.mode)

    @property
    def regular(self) -> bool:
        """Whether it is a regular file: one that ends and does not wait for anybody."""
        return self.mode is not None and stat.S_ISREG(self.mode)


class _Fields:
    """The fields of a packet in turn. Raises struct.error where it ends too soon."""

    def __init__(self, packet: bytes) -> None:
        self._packet, self._at = packet, 0

    def number(self, form: str = ">I") -> int:
        (value,) = struct.unpack_from(form, self._packet, self._at)
        self._at += struct.calcsize(form)
        return int(value)

    def text(self) -> bytes:
        size = self.number()
        value = self._packet[self._at : self._at + size]
        if len(value) < size:
            raise struct.error("a string ends after its packet")
        self._at += size
        return value

    def attributes(self) -> Attributes:
        flags = self.number()
        size = self.number(">Q") if flags & _HAS_SIZE else None
        if flags & _HAS_OWNER:
            self.number(">Q")
        mode = self.number() if flags & _HAS_MODE else None
        if flags & _HAS_TIMES:
            self.number(">Q")
        for _ in range(2 * self.number() if flags & _HAS_MORE else 0):
            self.text()
        return Attributes(size, mode)


class Sftp:
    """Reads files and folders over a connection. Raises Unfetched with what the server says against it.

    Nothing is closed: the server closes all when the connection ends, and it ends after one file or folder.
    """

    def __init__(self, connection: Connection, address: Address) -> None:
        self._connection, self._address, self._id = connection, address, 0
        connection.send(_packet(struct.pack(">BI", _INIT, 3)))
        head = connection.receive(5)
        if head[4] != _VERSION or struct.unpack(">I", head[:4])[0] > _LONGEST:
            raise from_noise(address, head + connection.rest(2000))
        connection.receive(struct.unpack(">I", head[:4])[0] - 1)

    def realpath(self, path: str) -> str:
        """The path from the root."""
        fields = self._ask(path, _REALPATH, _NAME, _string(path))
        fields.number()
        return fields.text().decode(errors="surrogateescape")

    def stat(self, path: str) -> Attributes:
        """What the path leads to, links followed."""
        return self._ask(path, _STAT, _ATTRS, _string(path)).attributes()

    def read(self, path: str, most: int) -> bytes:
        """The content of a file, cut where it is longer than `most` bytes."""
        handle = self._ask(path, _OPEN, _HANDLE, _string(path) + struct.pack(">II", _FOR_READING, 0)).text()
        content = bytearray()
        while len(content) < most:
            wanted = struct.pack(">QI", len(content), min(_CHUNK, most - len(content)))
            fields = self._answer(path, _READ, _DATA, _string(handle) + wanted)
            if fields is None or not (data := fields.text()):
                break
            content += data
        return bytes(content[:most])

    def names(self, path: str) -> list[str]:
        """What lies in a folder in alphabetical order; of ten thousand files and more only the first that the server tells."""
        handle = self._ask(path, _OPENDIR, _HANDLE, _string(path)).text()
        found: list[str] = []
        while len(found) < _MOST_NAMES and (fields := self._answer(path, _READDIR, _NAME, _string(handle))):
            for _ in range(fields.number()):
                found.append(fields.text().decode(errors="surrogateescape"))
                fields.text()
                fields.attributes()
        return sorted(found)

    def _ask(self, path: str, kind: int, expected: int, body: bytes) -> _Fields:
        fields = self._answer(path, kind, expected, body)
        if fields is None:
            raise self._unlawful()
        return fields

    def _answer(self, path: str, kind: int, expected: int, body: bytes) -> _Fields | None:
        """What the server answers; None at the end of a file or folder. `path` is for messages."""
        self._id += 1
        self._connection.send(_packet(struct.pack(">BI", kind, self._id) + body))
        (size,) = struct.unpack(">I", self._connection.receive(4))
        if not 5 <= size <= _LONGEST:
            raise self._unlawful()
        answered, number = struct.unpack(">BI", self._connection.receive(5))
        fields = _Fields(self._connection.receive(size - 5))
        if answered == _STATUS and number == self._id:
            self._refusal(path, fields)
            return None
        if answered != expected or number != self._id:
            raise self._unlawful()
        return fields

    def _refusal(self, path: str, fields: _Fields) -> None:
        """Raise what the server says against it, unless it only says that there is no more."""
        code, said = fields.number(), fields.text().decode(errors="replace")
        shown, host = printable(path, 500), self._address.host
        if code == _EOF:
            return
        if code == _NO_SUCH_FILE:
            raise Unfetched(
                f"{shown} does not exist on {host}. Check the path; `gradtui presets {host}:` lists the home folder.", said
            )
        if code == _PERMISSION_DENIED:
            raise Unfetched(f"{shown} may not be read on {host}. Ask who owns it, or log in as another user.", said)
        raise Unfetched(f"{host} cannot read {shown}.", said)

    def _unlawful(self) -> Unfetched:
        return Unfetched(f"{self._address.host} answers against the rules of SFTP. Nothing was loaded.")


def _packet(body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + body


def _string(value: str | bytes) -> bytes:
    return _packet(value.encode(errors="surrogateescape") if isinstance(value, str) else value)
