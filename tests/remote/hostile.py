"""An SFTP server that means harm: `python hostile.py FOLDER TRICK MOST` speaks over stdin and stdout, for so many bytes.

Honest, it serves the files of a folder as if that were the root. A trick turns one of its answers, or all, into something else.
"""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Callable, Iterator

INIT, VERSION, OPEN, CLOSE, READ, WRITE, FSETSTAT, OPENDIR, READDIR = 1, 2, 3, 4, 5, 6, 10, 11, 12
REMOVE, REALPATH, STAT, EXTENDED, STATUS, HANDLE, DATA, NAME, ATTRS = 13, 16, 17, 200, 101, 102, 103, 104, 105
OK, EOF, NO_SUCH_FILE, FAILURE = 0, 1, 2, 4
EXTENSIONS = (b"fsync@openssh.com", b"posix-rename@openssh.com", b"hardlink@openssh.com")
LARGEST_PACKET = 256 << 10


class Silence(Exception):
    """Nothing is answered any more."""


class Server:
    """Answers what it is fed; `log` holds every request that came whole, by its name, with what the tests ask about."""

    def __init__(self, folder: str, trick: str = "") -> None:
        self.folder, self.trick, self.log = folder, TRICKS[trick] if trick else None, list[tuple[object, ...]]()
        self._fed, self._open, self._listed = bytearray(), dict[bytes, int](), False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The answers to the requests that end in this piece."""
        self._fed += data
        while len(self._fed) >= 4 and len(self._fed) >= 4 + (size := struct.unpack_from(">I", self._fed)[0]):
            request = bytes(self._fed[4 : 4 + size])
            del self._fed[: 4 + size]
            kind, number = request[0], struct.unpack_from(">I", request, 1)[0]
            honest = self._answer(kind, request[5:]) if kind != INIT else self._version()
            answer = packet(VERSION, honest[1]) if kind == INIT else packet(honest[0], struct.pack(">I", number) + honest[1])
            yield from self.trick(kind, number, answer) if self.trick else (answer,)

    def _version(self) -> tuple[int, bytes]:
        self.log.append(("init",))
        return VERSION, struct.pack(">I", 3) + b"".join(string(name) + string(b"1") for name in EXTENSIONS)

    def _answer(self, kind: int, body: bytes) -> tuple[int, bytes]:
        fields = Fields(body)
        try:
            return self._serve(kind, fields)
        except FileNotFoundError:
            return status(NO_SUCH_FILE)
        except OSError as error:
            return status(FAILURE, str(error).encode())

    def _serve(self, kind: int, fields: Fields) -> tuple[int, bytes]:
        if kind == EXTENDED:
            return self._extended(fields.string(), fields)
        name = fields.string()
        if kind == REALPATH:
            path = name if name.startswith(b"/") else b"/" + name
            return NAME, struct.pack(">I", 1) + string(path) * 2 + struct.pack(">I", 0)
        if kind == STAT:
            found = os.stat(self._path(name))
            return ATTRS, struct.pack(">IQI", 1 | 4, found.st_size, found.st_mode)
        if kind == OPENDIR:
            self._listed = False
            return HANDLE, string(name)
        if kind == READDIR:
            return self._names(name)
        if kind == REMOVE:
            self.log.append(("remove", name.decode()))
            os.unlink(self._path(name))
            return status(OK)
        return self._file(kind, name, fields)

    def _file(self, kind: int, name: bytes, fields: Fields) -> tuple[int, bytes]:
        if kind == OPEN:
            how, flags = fields.number(), fields.number()
            writing = bool(how & 2)
            mode = fields.number() if flags & 4 else 0o666
            self.log.append(("create", mode) if writing else ("open",))
            descriptor = os.open(self._path(name), os.O_RDWR | os.O_CREAT | os.O_EXCL if writing else os.O_RDONLY, mode)
            handle = b"h%d" % descriptor
            self._open[handle] = descriptor
            return HANDLE, string(handle)
        descriptor = self._open[name]
        if kind == READ:
            data = os.pread(descriptor, *reversed((fields.number(">Q"), fields.number())))
            return (DATA, string(data)) if data else status(EOF)
        if kind == WRITE:
            at, data = fields.number(">Q"), fields.string()
            self.log.append(("write", at, len(data)))
            os.pwrite(descriptor, data, at)
        elif kind == FSETSTAT:
            fields.number()
            mode = fields.number()
            self.log.append(("mode", mode))
            os.fchmod(descriptor, mode)
        elif kind == CLOSE:
            self.log.append(("close",))
            os.close(self._open.pop(name))
        else:
            return status(FAILURE, b"unknown request")
        return status(OK)

    def _extended(self, extension: bytes, fields: Fields) -> tuple[int, bytes]:
        if extension == EXTENSIONS[0]:
            self.log.append(("fsync",))
            os.fsync(self._open[fields.string()])
        else:
            old, new = fields.string(), fields.string()
            self.log.append(("rename" if extension == EXTENSIONS[1] else "link", new.decode()))
            (os.replace if extension == EXTENSIONS[1] else os.link)(self._path(old), self._path(new))
        return status(OK)

    def _names(self, folder: bytes) -> tuple[int, bytes]:
        if self._listed:
            return status(EOF)
        self._listed = True
        names = [os.fsencode(name) for name in os.listdir(self._path(folder))]
        return NAME, listing(names)

    def _path(self, name: bytes) -> str:
        return os.path.join(self.folder, os.fsdecode(name).lstrip("/"))

    def end(self) -> None:
        """Close what is open."""
        while self._open:
            os.close(self._open.popitem()[1])


class Fields:
    """The fields of a request in turn."""

    def __init__(self, body: bytes) -> None:
        self._body, self._at = body, 0

    def number(self, form: str = ">I") -> int:
        (value,) = struct.unpack_from(form, self._body, self._at)
        self._at += struct.calcsize(form)
        return int(value)

    def string(self) -> bytes:
        size = self.number()
        self._at += size
        return self._body[self._at - size : self._at]


def packet(kind: int, body: bytes) -> bytes:
    return struct.pack(">IB", len(body) + 1, kind) + body


def string(value: bytes) -> bytes:
    return struct.pack(">I", len(value)) + value


def status(code: int, words: bytes = b"") -> tuple[int, bytes]:
    return STATUS, struct.pack(">I", code) + string(words) + string(b"")


def listing(names: list[bytes]) -> bytes:
    return struct.pack(">I", len(names)) + b"".join(string(name) + string(b"") + struct.pack(">I", 0) for name in names)


Trick = Callable[[int, int, bytes], Iterator[bytes]]


def instead(of: int, *answers: bytes | tuple[int, bytes], then: str = "go on") -> Trick:
    """Other answers to one kind of request, raw, or a kind with what follows the request's number; then go on, be silent or end."""

    def trick(kind: int, number: int, honest: bytes) -> Iterator[bytes]:
        if kind != of:
            yield honest
            return
        for answer in answers:
            yield answer if isinstance(answer, bytes) else packet(answer[0], struct.pack(">I", number) + answer[1])
        if then == "silence":
            raise Silence
        if then == "end":
            sys.exit()

    return trick


def late_without_end(kind: int, number: int, honest: bytes) -> Iterator[bytes]:
    """Answers without end to a request before this one, which nobody waits for."""
    while kind == STAT:
        yield packet(STATUS, struct.pack(">II", number - 1, OK) + string(b"") * 2)
    yield honest


def first_others(kind: int, number: int, honest: bytes) -> Iterator[bytes]:
    """Before each answer those to all requests before it, which nobody waits for."""
    if kind != INIT:
        for earlier in range(1, number):
            yield packet(STATUS, struct.pack(">II", earlier, FAILURE) + string(b"late") + string(b""))
    yield honest


def in_pieces(kind: int, number: int, honest: bytes) -> Iterator[bytes]:
    """Every answer byte by byte."""
    for at in range(len(honest)):
        yield honest[at : at + 1]


_HUGE = LARGEST_PACKET + 1
TRICKS: dict[str, Trick] = {
    "answers to earlier requests": first_others,
    "byte by byte": in_pieces,
    "silent at once": instead(INIT, then="silence"),
    "gone at once": instead(INIT, then="end"),
    "noise": instead(INIT, b"Welcome to the box!\n", then="silence"),
    "an oversized version": instead(INIT, struct.pack(">IB", _HUGE, VERSION), then="silence"),
    "a version that ends too soon": instead(INIT, packet(VERSION, b"\0\0")),
    "a version with half an extension": instead(INIT, packet(VERSION, struct.pack(">I", 3) + string(b"a"))),
    "an oversized answer": instead(REALPATH, struct.pack(">IB", _HUGE, NAME), then="silence"),
    "an answer of nothing": instead(REALPATH, struct.pack(">I", 0), then="silence"),
    "an answer to nobody": instead(REALPATH, packet(NAME, struct.pack(">I", 4000)), then="silence"),
    "an answer of another kind": instead(STAT, (DATA, string(b"x"))),
    "all is well": instead(STAT, status(OK)),
    "half an answer": instead(STAT, (ATTRS, b"\0\0\0\5\0")),
    "a string beyond its packet": instead(REALPATH, (NAME, struct.pack(">II", 1, 0xFFFFFFFF) + b"/x")),
    "attributes without number": instead(STAT, (ATTRS, struct.pack(">II", 1 << 31, 0xFFFFFFFF))),
    "a path of everything": instead(REALPATH, (NAME, struct.pack(">I", 1) + string(b"/" + b"x" * 200_000))),
    "a path from nowhere": instead(REALPATH, (NAME, struct.pack(">I", 1) + string(b"m.toml"))),
    "a long handle": instead(OPEN, (HANDLE, string(b"h" * 257))),
    "a large file": instead(STAT, (ATTRS, struct.pack(">IQI", 5, 1 << 62, 0o100644))),
    "a device": instead(STAT, (ATTRS, struct.pack(">IQI", 5, 0, 0o020666))),
    "a file of no kind": instead(STAT, (ATTRS, struct.pack(">I", 0))),
    "a file without end": instead(READ, (DATA, string(b"#" * 1000))),
    "more than was asked": instead(READ, (DATA, string(b"#" * 200_000))),
    "a folder": instead(STAT, (ATTRS, struct.pack(">II", 4, 0o040755))),
    "words that a terminal obeys": instead(STAT, status(FAILURE, b"\x1b]52;c;aGk=\x07\n" * 9000)),
    "late answers without end": late_without_end,
}
IN_A_FOLDER: dict[str, Trick] = {
    "names without end": instead(READDIR, (NAME, listing([b"x.toml", b"y.txt"]))),
    "names of everything": instead(READDIR, (NAME, listing([b"x" * 200_000 + b".toml"]))),
    "no names without end": instead(READDIR, (NAME, listing([]))),
    "names without number": instead(READDIR, (NAME, struct.pack(">I", 0xFFFFFFFF) + string(b"a") * 2)),
    "names that lead away": instead(READDIR, (NAME, listing([b"../x.toml", b"/etc/x.toml", b"a\n.toml", b"\xff.toml"]))),
}
TRICKS.update(IN_A_FOLDER)


def main() -> None:
    """Serve until the input ends."""
    server, most = Server(sys.argv[1], sys.argv[2]), int(sys.argv[3])
    try:
        while data := os.read(0, 1 << 16):
            for answer in server.feed(data):
                answer, most = answer[:most], most - len(answer)
                while answer:
                    answer = answer[os.write(1, answer) :]
                if most < 0:
                    return
    except Silence:
        while os.read(0, 1 << 16):
            pass
    except BrokenPipeError:
        pass


if __name__ == "__main__":
    main()
