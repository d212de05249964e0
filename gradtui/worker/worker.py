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
from collections.abc import Sequence

from gradtui.core.measured.protocol import LONGEST_LINE, BrokenLine, Command, report
from gradtui.core.text import printable
from gradtui.worker.mailbox import BackendLost, Mailbox

BACKEND = (sys.executable, "-P", "-m", "gradtui.backend")
_CHUNK = 1 << 16
_GRACE = 0.5
"""Seconds a backend gets to end by itself."""


class Worker:
    """A backend process and the thread that talks to it. Reports go to the mailbox; `send` never waits."""

    def __init__(self, mailbox: Mailbox, backend: Sequence[str] = BACKEND) -> None:
        self._mailbox = mailbox
        self._backend = tuple(backend)
        self._outgoing: deque[bytes] = deque()
        self._awake, self._alarm = socket.socketpair()
        self._alarm.setblocking(False)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="gradtui-worker", daemon=True)
        self._thread.start()

    def send(self, command: Command) -> None:
        """Hand a command to the backend; one that is still loading gets it when it is ready."""
        self._outgoing.append(command.line())
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
                process = subprocess.Popen(self._backend, stdin=pipe, stdout=pipe, stderr=pipe, bufsize=0, start_new_session=True)
            except OSError as error:
                lost = BackendLost(-1, (f"{self._backend[0]} could not be started: {error.strerror}.",))
            else:
                errors = _Lines()
                try:
                    self._talk(process, errors)
                finally:
                    lost = BackendLost(_end(process), errors.tail())
        if not self._closing.is_set():
            self._mailbox.put(lost)

    def _talk(self, process: subprocess.Popen[bytes], errors: _Lines) -> None:
        """Carry lines until the backend closes its output or we are asked to close."""
        assert process.stdin and process.stdout and process.stderr
        reports, unsent = _Lines(), b""
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
                    alive = reports.read(process.stdout.fileno())
                    self._deliver(reports, errors)
                    if not alive:
                        _drain(process.stderr.fileno(), errors)
                        return
                unsent = self._write(process.stdin.fileno(), unsent)
                watched = process.stdin in selector.get_map()
                if unsent and not watched:
                    selector.register(process.stdin, selectors.EVENT_WRITE)
                elif watched and not unsent:
                    selector.unregister(process.stdin)

    def _deliver(self, reports: _Lines, errors: _Lines) -> None:
        for line in reports.take():
            try:
                self._mailbox.put(report(line))
            except BrokenLine as error:
                errors.note(f"Unreadable report from the backend: {error}.")

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


class _Lines:
    """Whole lines out of a pipe that delivers pieces, in bounded memory."""

    def __init__(self) -> None:
        self._piece = b""
        self._lines: deque[bytes] = deque(maxlen=4096)

    def read(self, pipe: int) -> bool:
        """Read what is there; False at the end of the stream."""
        try:
            data = os.read(pipe, _CHUNK)
        except BlockingIOError:
            return True
        *lines, self._piece = (self._piece + data).split(b"\n")
        self._lines.extend(lines)
        if len(self._piece) > LONGEST_LINE:
            self._piece = b""
        return bool(data)

    def note(self, line: str) -> None:
        self._lines.append(line.encode())

    def take(self) -> list[bytes]:
        lines = list(self._lines)
        self._lines.clear()
        return lines

    def tail(self, count: int = 5) -> tuple[str, ...]:
        """The last lines with something in them, safe to show."""
        shown = (printable(line.decode(errors="replace"), 300) for line in [*self._lines, self._piece])
        return tuple([line for line in shown if line][-count:])


def _drain(pipe: int, lines: _Lines) -> None:
    """Read what a dying process left on a pipe, without waiting for children that still hold it."""
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while selector.select(timeout=0.2) and lines.read(pipe):
            pass


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
