"""The worker thread: starts a backend process, carries lines both ways, and sees it end."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Protocol

from gradtui.core.measured.hello import hello, stranger
from gradtui.core.measured.protocol import Command
from gradtui.core.measured.wire import BrokenLine, Lines, report
from gradtui.core.text import printable
from gradtui.worker.mailbox import BackendLost, Letter, Nonsense

BACKEND = (sys.executable, "-P", "-m", "gradtui.backend")
_CHUNK = 1 << 16
_GRACE = 0.5
"""Seconds a backend gets to end by itself."""
_MOST_BROKEN = 100
"""Lines that are no reports: a backend that sends so many is ended."""
_MOST_LEFT = 64
"""Chunks that a process may leave on a pipe."""


class Inbox(Protocol):
    """Where reports go: a mailbox, or what is like one."""

    def put(self, letter: Letter) -> bool:
        """Add a letter; never waits. False where too many wait to take it."""


class Worker:
    """A backend process and the thread that talks to it. Reports go to the mailbox; `send` never waits. `environment` is what the
    process finds beside what this one has.
    """

    def __init__(self, mailbox: Inbox, backend: Sequence[str] = BACKEND, environment: Mapping[str, str] = {}) -> None:
        self._mailbox = mailbox
        self._backend = tuple(backend)
        self._environment = {**os.environ, **environment}
        self._outgoing: deque[bytes] = deque([hello().line()])
        self._sent = 0
        self._known = False
        self._broken = 0
        self._awake, self._alarm = socket.socketpair()
        self._alarm.setblocking(False)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="gradtui-worker", daemon=True)
        self._thread.start()

    def send(self, command: Command) -> None:
        """Hand a command to the backend; one that is still loading gets it when it is ready."""
        self._sent += 1
        self._outgoing.append(command.model_copy(update={"number": self._sent}).line())
        self._wake()

    def close(self) -> None:
        """End the backend and the thread. Returns when both are gone; call it from outside the screen's loop."""
        self._closing.set()
        self._wake()
        self._thread.join()

    def _wake(self) -> None:
        with contextlib.suppress(OSError):  # awake already, or gone
            self._alarm.send(b"!")

    def _run(self) -> None:
        with self._awake, self._alarm:
            try:
                pipe = subprocess.PIPE
                process = subprocess.Popen(
                    self._backend, stdin=pipe, stdout=pipe, stderr=pipe, bufsize=0, start_new_session=True, env=self._environment
                )
            except OSError as error:
                lost = BackendLost(None, (f"{printable(self._backend[0], 200)}: {error.strerror}",))
            else:
                errors = _LastWords()
                try:
                    self._talk(process, errors)
                finally:
                    lost = BackendLost(_end(process), errors.lines())
        if not self._closing.is_set():
            self._mailbox.put(lost)

    def _talk(self, process: subprocess.Popen[bytes], errors: _LastWords) -> None:
        """Carry lines until the backend closes its output, sends too much nonsense, or we are asked to close."""
        assert process.stdin and process.stdout and process.stderr
        reports, unsent = Lines(), b""
        for stream in (process.stdin, process.stdout, process.stderr):
            os.set_blocking(stream.fileno(), False)
        with selectors.DefaultSelector() as selector:
            selector.register(self._awake, selectors.EVENT_READ)
            selector.register(process.stdout, selectors.EVENT_READ)
            selector.register(process.stderr, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in selector.select()}
                if self._awake in ready:
                    self._awake.recv(_CHUNK)
                if self._closing.is_set():
                    return
                if process.stderr in ready and not errors.read(process.stderr.fileno()):
                    selector.unregister(process.stderr)
                if process.stdout in ready:
                    data = os.read(process.stdout.fileno(), _CHUNK)
                    sensible = all(map(self._deliver, reports.whole(data)))
                    if not (data and sensible):
                        _drain(process.stderr.fileno(), errors)
                        return
                unsent = self._write(process.stdin.fileno(), unsent)
                watched = process.stdin in selector.get_map()
                if unsent and not watched:
                    selector.register(process.stdin, selectors.EVENT_WRITE)
                elif watched and not unsent:
                    selector.unregister(process.stdin)

    def _deliver(self, line: bytes) -> bool:
        """Hand on the report in a line; False where the backend is nobody to talk to, so that it is better ended."""
        try:
            told = report(line)
            if not self._known and (why := stranger(told)):
                self._mailbox.put(Nonsense(f"no greeting. {why}"))
                return False
            self._known = True
            if self._mailbox.put(told):
                return True
        except BrokenLine as error:
            self._mailbox.put(Nonsense(f"{error}, which was left out"))
            self._broken += 1
            if self._broken < _MOST_BROKEN:
                return True
        self._mailbox.put(Nonsense("more than can be taken in, and was ended"))
        return False

    def _write(self, pipe: int, unsent: bytes) -> bytes:
        while unsent or self._outgoing:
            unsent = unsent or self._outgoing.popleft()
            try:
                unsent = unsent[os.write(pipe, unsent) :]
            except BlockingIOError:
                return unsent
            except BrokenPipeError:  # the backend is going; its output ends next
                return b""
        return b""


class _LastWords:
    """The end of what a backend writes to stderr, in bounded memory."""

    def __init__(self) -> None:
        self._said = b""

    def read(self, pipe: int) -> bool:
        """Read what is there; False at the end of the stream."""
        data = os.read(pipe, _CHUNK)
        self._said = (self._said + data)[-_CHUNK:]
        return bool(data)

    def lines(self, count: int = 5) -> tuple[str, ...]:
        """The last lines with something in them, safe to show."""
        shown = (printable(line, 300) for line in self._said.decode(errors="replace").splitlines())
        return tuple([line for line in shown if line][-count:])


def _drain(pipe: int, words: _LastWords) -> None:
    """Read what a dying process left on a pipe, without waiting for children that still hold it."""
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        for _ in range(_MOST_LEFT):
            if not (selector.select(timeout=0.2) and words.read(pipe)):
                return


def _end(process: subprocess.Popen[bytes]) -> int:
    """Close the pipes, give the backend a moment, then kill its whole group. Returns its exit status."""
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            stream.close()
    try:
        return process.wait(_GRACE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return process.wait()
