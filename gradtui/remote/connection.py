"""A connection: the system's ssh as a child, bounded in time and in what it may say, and gone for certain in the end."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from time import monotonic
from types import TracebackType
from typing import IO

from gradtui.core.text import printable
from gradtui.remote.address import Address
from gradtui.remote.failures import MOST_SAID, Broken, RemoteFailure, from_ssh

SECONDS = 20.0
"""All that fetching may take."""

_TICK, _GRACE = 0.05, 1.0


class Cancelled(Exception):
    """The user no longer wants it."""


class Connection:
    """Bytes to and from the other machine. Everything that waits raises Broken when time is up, Cancelled when asked to."""

    def __init__(self, address: Address, argv: Sequence[str], cancelled: Callable[[], bool], seconds: float = SECONDS) -> None:
        self._address, self._cancelled, self._seconds = address, cancelled, seconds
        self._end = monotonic() + seconds
        self._outgoing, self._incoming, self._said = bytearray(), bytearray(), bytearray()
        try:
            self._ssh = subprocess.Popen(
                argv,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                env={**os.environ, "LC_ALL": "C", "SSH_ASKPASS_REQUIRE": "never"},
                start_new_session=True,
            )
        except OSError as error:
            reason = error.strerror or str(error)
            raise RemoteFailure(
                f"{printable(argv[0], 200)} cannot be started: {reason}. Presets over SSH need OpenSSH's client."
            ) from None
        self._selector = selectors.DefaultSelector()
        for pipe in (self._ssh.stdout, self._ssh.stderr):
            self._watch(pipe, selectors.EVENT_READ)

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is None:
            self._finish()
        self._kill()

    def send(self, data: bytes) -> None:
        """Queue bytes; they leave while something is received."""
        assert self._ssh.stdin is not None
        if not self._outgoing and not self._ssh.stdin.closed:
            self._watch(self._ssh.stdin, selectors.EVENT_WRITE)
        self._outgoing += data

    def receive(self, size: int) -> bytes:
        """The next bytes, exactly so many."""
        taken = self.peek(size)
        del self._incoming[:size]
        return taken

    def peek(self, size: int) -> bytes:
        """The next bytes, which stay to be received. Raises Broken where ssh ends before."""
        while len(self._incoming) < size:
            if not self._watched(self._ssh.stdout):
                self._finish()
                raise from_ssh(self._address, self._said.decode(errors="replace"))
            if self._cancelled():
                raise Cancelled
            if monotonic() > self._end:
                sentence = f"No answer from {self._address.host} within {self._seconds:g} s."
                raise Broken(sentence, self._said.decode(errors="replace"))
            self._turn()
        return bytes(self._incoming[:size])

    def persist(self, seconds: float) -> None:
        """Go on for so long, whatever is cancelled: a step that was begun is finished, a file that was made is taken away."""
        self._cancelled, self._seconds, self._end = (lambda: False), seconds, monotonic() + seconds

    def rest(self, most: int) -> bytes:
        """What has arrived and was not received yet."""
        return bytes(self._incoming[:most])

    def _turn(self) -> None:
        """Move what can be moved now; wait a tick where nothing can."""
        for key, _ in self._selector.select(_TICK):
            if key.fileobj is self._ssh.stdin:
                self._write()
                continue
            data = os.read(key.fd, 1 << 16)
            if not data:
                self._selector.unregister(key.fileobj)
            elif key.fileobj is self._ssh.stdout:
                self._incoming += data
            else:
                self._said += data[: MOST_SAID - len(self._said)]

    def _write(self) -> None:
        assert self._ssh.stdin is not None
        with suppress(BlockingIOError):
            try:
                del self._outgoing[: os.write(self._ssh.stdin.fileno(), self._outgoing)]
            except BrokenPipeError:
                self._outgoing.clear()
        if not self._outgoing:
            self._selector.unregister(self._ssh.stdin)

    def _finish(self) -> None:
        """Let ssh end by itself: what it was sent ends, and it has a moment to say why and to tidy up."""
        if self._watched(self._ssh.stdin):
            self._selector.unregister(self._ssh.stdin)  # type: ignore[arg-type]
        if self._ssh.stdin is not None:
            self._ssh.stdin.close()
        end = monotonic() + _GRACE
        while self._selector.get_map() and monotonic() < end:
            self._turn()

    def _kill(self) -> None:
        """End ssh and all that it started; it is its own session, so the group is theirs alone."""
        self._signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._ssh.wait(_GRACE)
        self._signal(signal.SIGKILL)
        self._ssh.wait()
        self._selector.close()
        for pipe in (self._ssh.stdin, self._ssh.stdout, self._ssh.stderr):
            if pipe is not None:
                pipe.close()

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._ssh.pid, number)

    def _watch(self, pipe: IO[bytes] | None, event: int) -> None:
        assert pipe is not None
        os.set_blocking(pipe.fileno(), False)
        self._selector.register(pipe, event)

    def _watched(self, pipe: IO[bytes] | None) -> bool:
        return pipe is not None and not pipe.closed and pipe in self._selector.get_map()
