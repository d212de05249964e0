"""SFTP version 3, as much of it as reading and saving presets takes (draft-ietf-secsh-filexfer-02, OpenSSH's PROTOCOL)."""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gradtui.core.text import printable
from gradtui.remote import command
from gradtui.remote.address import Address
from gradtui.remote.connection import Connection
from gradtui.remote.failures import RemoteFailure, from_noise

_INIT, _VERSION, _OPEN, _CLOSE, _READ, _WRITE, _FSETSTAT, _OPENDIR, _READDIR = 1, 2, 3, 4, 5, 6, 10, 11, 12
_REMOVE, _REALPATH, _STAT, _EXTENDED = 13, 16, 17, 200
_STATUS, _HANDLE, _DATA, _NAME, _ATTRS = 101, 102, 103, 104, 105
_OK, _EOF, _NO_SUCH_FILE, _PERMISSION_DENIED = 0, 1, 2, 3
_FOR_READING, _FOR_A_NEW_FILE = 0x01, 0x02 | 0x08 | 0x20
_FSYNC, RENAME, LINK = "fsync@openssh.com", "posix-rename@openssh.com", "hardlink@openssh.com"
_HAS_SIZE, _HAS_OWNER, _HAS_MODE, _HAS_TIMES, _HAS_MORE = 1, 2, 4, 8, 1 << 31
_LONGEST = 256 << 10
"""Bytes of the longest packet that any server sends."""
_CHUNK = 32 << 10
_MOST_NAMES = 10_000
_LONGEST_HANDLE, _LONGEST_NAME, _LONGEST_PATH = 256, 255, 4096
"""Bytes: the protocol's limit, and those of file systems."""


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

    def pairs(self) -> list[tuple[bytes, bytes]]:
        """Names and values to the end of the packet."""
        found = []
        while self._at < len(self._packet):
            found.append((self.text(), self.text()))
        return found

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
    """Files and folders over a connection. Raises RemoteFailure with what the server says against it.

    What is read is not closed: the server closes all when the connection ends, and it ends after one file or folder.
    """

    def __init__(self, connection: Connection, address: Address) -> None:
        self._connection, self._address, self._id = connection, address, 0
        connection.send(_packet(struct.pack(">BI", _INIT, 3)))
        head = connection.receive(5)
        if head[4] != _VERSION or struct.unpack(">I", head[:4])[0] > _LONGEST:
            raise from_noise(address, head + connection.rest(2000))
        fields = _Fields(connection.receive(struct.unpack(">I", head[:4])[0] - 1))
        fields.number()
        self.extensions = frozenset(name.decode(errors="replace") for name, _ in fields.pairs())

    def realpath(self, path: str) -> str:
        """The path from the root, links followed; also of a file that is not there in a folder that is."""
        fields = self._ask(path, _REALPATH, _NAME, _string(path))
        fields.number()
        found = fields.text()
        if not found.startswith(b"/") or len(found) > _LONGEST_PATH:
            raise self._unlawful()
        return found.decode(errors="surrogateescape")

    def stat(self, path: str) -> Attributes:
        """What the path leads to, links followed."""
        return self._ask(path, _STAT, _ATTRS, _string(path)).attributes()

    def find(self, path: str) -> Attributes | None:
        """What the path leads to, links followed; None where nothing is."""
        answered, fields = self._exchange(_STAT, _string(path))
        if answered == _STATUS and (code := fields.number()) == _NO_SUCH_FILE:
            return None
        if answered == _STATUS:
            raise self._refusal(path, code, fields)
        return self._expected(_ATTRS, answered, fields).attributes()

    def read(self, path: str, most: int) -> bytes:
        """The content of a file, cut where it is longer than `most` bytes."""
        handle = self._handle(path, _OPEN, _string(path) + struct.pack(">II", _FOR_READING, 0))
        content = bytearray()
        while len(content) < most:
            wanted = struct.pack(">QI", len(content), min(_CHUNK, most - len(content)))
            fields = self._more(path, _READ, _DATA, _string(handle) + wanted)
            if fields is None or not (data := fields.text()):
                break
            content += data
        return bytes(content[:most])

    def names(self, path: str) -> list[str]:
        """What lies in a folder in alphabetical order; of ten thousand files and more only the first that the server tells."""
        handle = self._handle(path, _OPENDIR, _string(path))
        found: list[str] = []
        while len(found) < _MOST_NAMES and (fields := self._more(path, _READDIR, _NAME, _string(handle))):
            for _ in range(fields.number()):
                name = fields.text()
                if len(name) <= _LONGEST_NAME:
                    found.append(name.decode(errors="surrogateescape"))
                fields.text()
                fields.attributes()
        return sorted(found[:_MOST_NAMES])

    def create(self, path: str, meant: str) -> bytes:
        """The handle of a new file that only its owner may read. Fails where anything is there. `meant` is for messages."""
        how = struct.pack(">III", _FOR_A_NEW_FILE, _HAS_MODE, 0o600)
        return self._handle(meant, _OPEN, _string(path) + how, writing=True)

    def write(self, handle: bytes, content: bytes, mode: int, meant: str) -> None:
        """Give a new file its content and permissions, on the disk where the server can say so, and close it."""
        for at in range(0, len(content), _CHUNK):
            self._do(meant, _WRITE, _string(handle) + struct.pack(">Q", at) + _string(content[at : at + _CHUNK]))
        self._do(meant, _FSETSTAT, _string(handle) + struct.pack(">II", _HAS_MODE, mode))
        if _FSYNC in self.extensions:
            self._do(meant, _EXTENDED, _string(_FSYNC) + _string(handle))
        self._do(meant, _CLOSE, _string(handle))

    def place(self, extension: str, new: str, path: str) -> None:
        """Put a new file in its place: RENAME it over what is there, or LINK it where nothing is."""
        self._do(path, _EXTENDED, _string(extension) + _string(new) + _string(path))

    def remove(self, path: str) -> None:
        """Take a file away."""
        self._do(path, _REMOVE, _string(path))

    def persist(self, seconds: float) -> None:
        """Go on for so long, whatever is cancelled."""
        self._connection.persist(seconds)

    def _do(self, path: str, kind: int, body: bytes) -> None:
        """Have something written. `path` is for messages."""
        answered, fields = self._exchange(kind, body)
        if code := self._expected(_STATUS, answered, fields).number():
            raise self._refusal(path, code, fields, writing=True)

    def _ask(self, path: str, kind: int, expected: int, body: bytes, writing: bool = False) -> _Fields:
        """What the server answers. `path` and `writing` are for messages."""
        answered, fields = self._exchange(kind, body)
        if answered == _STATUS and (code := fields.number()) not in (_OK, _EOF):
            raise self._refusal(path, code, fields, writing)
        return self._expected(expected, answered, fields)

    def _handle(self, path: str, kind: int, body: bytes, writing: bool = False) -> bytes:
        """The handle of what is opened."""
        handle = self._ask(path, kind, _HANDLE, body, writing).text()
        if len(handle) > _LONGEST_HANDLE:
            raise self._unlawful()
        return handle

    def _more(self, path: str, kind: int, expected: int, body: bytes) -> _Fields | None:
        """What the server answers; None at the end of a file or folder."""
        answered, fields = self._exchange(kind, body)
        if answered == _STATUS and (code := fields.number()) == _EOF:
            return None
        if answered == _STATUS:
            raise self._refusal(path, code, fields)
        return self._expected(expected, answered, fields)

    def _exchange(self, kind: int, body: bytes) -> tuple[int, _Fields]:
        """Send a request and return its answer; answers to earlier ones, which nobody waited for, are passed over."""
        self._id += 1
        self._connection.send(_packet(struct.pack(">BI", kind, self._id) + body))
        while True:
            (size,) = struct.unpack(">I", self._connection.peek(4))
            if not 5 <= size <= _LONGEST:
                raise self._unlawful()
            packet = self._connection.receive(4 + size)
            answered, number = struct.unpack_from(">BI", packet, 4)
            if number == self._id:
                return answered, _Fields(packet[9:])
            if number > self._id:
                raise self._unlawful()

    def _expected(self, expected: int, answered: int, fields: _Fields) -> _Fields:
        if answered != expected:
            raise self._unlawful()
        return fields

    def _refusal(self, path: str, code: int, fields: _Fields, writing: bool = False) -> RemoteFailure:
        """What the server says against it, in a sentence."""
        said = fields.text().decode(errors="replace")
        shown, host = printable(path, 500), self._address.host
        if code == _NO_SUCH_FILE and writing:
            return RemoteFailure(f"The folder of {shown} does not exist on {host}. Make it there, or save somewhere else.", said)
        if code == _NO_SUCH_FILE:
            sentence = f"{shown} does not exist on {host}. Check the path; `gradtui presets {host}:` lists the home folder."
            return RemoteFailure(sentence, said)
        if code == _PERMISSION_DENIED and writing:
            return RemoteFailure(f"{shown} may not be written on {host}. Ask who owns the folder, or save somewhere else.", said)
        if code == _PERMISSION_DENIED:
            return RemoteFailure(f"{shown} may not be read on {host}. Ask who owns it, or log in as another user.", said)
        return RemoteFailure(f"{host} cannot {'write' if writing else 'read'} {shown}.", said)

    def _unlawful(self) -> RemoteFailure:
        return _unlawful(self._address)


@contextmanager
def connected(address: Address, cancelled: Callable[[], bool], seconds: float, shared: Path | None) -> Iterator[Sftp]:
    """SFTP with the machine of an address, over the connection that listens at `shared` where there is one.

    Raises RemoteFailure, or Cancelled; ssh has ended in every case.
    """
    with Connection(address, command.sftp(address, os.environ, shared), cancelled, seconds) as connection:
        try:
            yield Sftp(connection, address)
        except struct.error:
            raise _unlawful(address) from None


def _unlawful(address: Address) -> RemoteFailure:
    return RemoteFailure(f"{address.host} answers against the rules of SFTP, so nothing that it says is believed.")


def _packet(body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + body


def _string(value: str | bytes) -> bytes:
    return _packet(value.encode(errors="surrogateescape") if isinstance(value, str) else value)
