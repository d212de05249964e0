"""A program in a real pseudo-terminal: what it draws, what it is sent, how it ends, and what it leaves behind.

    with Terminal(["gradtui", "healthy-he"], size=(120, 40)) as t:
        t.wait_for("Gradients")
        t.press("space")
        t.resize(80, 24)
        t.press("q")
        assert t.exit_status() == 0
        t.assert_restored()

Nothing sleeps: everything waits for text on the screen or for the program's end, within a deadline that only a hang meets.
"""

from __future__ import annotations

import contextlib
import copy
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import pyte

DEADLINE = 60.0
"""Seconds: far beyond what a loaded machine needs, so that only a hang is told."""

_KEYS = {
    "enter": "\r",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "escape": "\x1b",
    "space": " ",
    "backspace": "\x7f",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
}
_MODES = {
    7: "line wrap",
    25: "visible cursor",
    1000: "mouse",
    1003: "mouse",
    1004: "focus events",
    1006: "mouse",
    1015: "mouse",
    1016: "mouse",
    1049: "alternate screen",
    2004: "bracketed paste",
    2048: "in-band resize",
}
# Takes the terminal that is its input as its controlling one, then becomes the program.
_LAUNCHER = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execvp(sys.argv[1], sys.argv[1:])"


class _Screen(pyte.Screen):
    """pyte's screen with an alternate one, which pyte lacks."""

    _main: Any = None

    def set_mode(self, *modes: int, **options: Any) -> None:
        super().set_mode(*modes, **options)
        if options.get("private") and 1049 in modes and self._main is None:
            self._main = copy.deepcopy(self.buffer), copy.copy(self.cursor)
            self.erase_in_display(2)

    def reset_mode(self, *modes: int, **options: Any) -> None:
        super().reset_mode(*modes, **options)
        if options.get("private") and 1049 in modes and self._main is not None:
            hidden = self.cursor.hidden
            (self.buffer, self.cursor), self._main = self._main, None
            self.cursor.hidden = hidden
            self.dirty.update(range(self.lines))


class _Stream(pyte.ByteStream):
    """pyte's parser without the kitty keyboard protocol, which it would draw; pushes and pops are counted."""

    _KITTY = re.compile(rb"\x1b\[([<>=])[\d;:]*u")
    _UNFINISHED = re.compile(rb"\x1b(\[([<>=][\d;:]*)?)?\Z")
    depth = 0
    _held = b""

    def feed(self, data: bytes) -> None:
        data = self._held + data
        for sign in self._KITTY.findall(data):
            self.depth += {b">": 1, b"<": -1}.get(sign, 0)
        unfinished = self._UNFINISHED.search(data)
        end = unfinished.start() if unfinished else len(data)
        self._held = data[end:]
        super().feed(self._KITTY.sub(b"", data[:end]))


class Terminal:
    """A program that runs in a terminal of its own, as the leader of a session.

    `env` is laid over a clean environment (no TEXTUAL_*, SSH_*, NO_COLOR, COLUMNS; a UTF-8 xterm); None removes a variable.
    `stdin`, `stdout`, `stderr` replace the terminal there, with what subprocess takes.
    """

    def __init__(
        self,
        command: Sequence[str],
        size: tuple[int, int] = (120, 40),
        env: Mapping[str, str | None] | None = None,
        cwd: str | Path | None = None,
        deadline: float = DEADLINE,
        **streams: Any,
    ) -> None:
        self.deadline = deadline
        self.received = b""
        self._mark = f"GRADTUI_TERMINAL={uuid.uuid4().hex}"
        self._screen = _Screen(*size)
        self._modes = frozenset(self._screen.mode)
        self._stream = _Stream(self._screen)
        self._master, self._slave = pty.openpty()
        self._open = True
        self._set_size(*size)
        self._attributes = termios.tcgetattr(self._slave)
        tty = {"stdin": self._slave, "stdout": self._slave, "stderr": self._slave}
        self.process = self._start(command, cwd, self._environment(env or {}), tty | streams)
        self._ended = os.pidfd_open(self.process.pid)

    def _start(self, command: Sequence[str], cwd: str | Path | None, env: dict[str, str], streams: dict[str, Any]) -> Any:
        launched = [sys.executable, "-SEc", _LAUNCHER, *command] if streams["stdin"] == self._slave else command
        return subprocess.Popen(launched, cwd=cwd, env=env, start_new_session=True, **streams)

    def _environment(self, changes: Mapping[str, str | None]) -> dict[str, str]:
        foreign = ("TEXTUAL", "SSH_", "LC_", "COLUMNS", "LINES", "NO_COLOR", "COLORTERM", "TERM_PROGRAM", "GRADTUI_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        name, _, value = self._mark.partition("=")
        chosen = kept | {"TERM": "xterm-256color", "LANG": "C.UTF-8", "COLORTERM": "truecolor"} | dict(changes) | {name: value}
        return {name: value for name, value in chosen.items() if value is not None}

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for pid in [self.process.pid, *self.survivors()]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        self.wait_alone()
        if self._open:
            os.close(self._master)
            os.close(self._slave)
        os.close(self._ended)

    # What is on the screen

    @property
    def lines(self) -> list[str]:
        """The screen's lines, without the blanks at their ends."""
        return [line.rstrip() for line in self._screen.display]

    @property
    def text(self) -> str:
        """The whole screen as one text."""
        return "\n".join(self.lines)

    def cell(self, column: int, row: int) -> Any:
        """One cell with its colours, as pyte has it: `data`, `fg`, `bg`, `bold`, ..."""
        return self._screen.buffer[row][column]

    def wait_for(self, *wanted: str | re.Pattern[str]) -> str:
        """Wait until every one of these stands on the screen at once; return the screen."""

        def shown() -> bool:
            return all(w in self.text if isinstance(w, str) else w.search(self.text) is not None for w in wanted)

        return self.wait_until(shown, f"{wanted} on the screen")

    def wait_gone(self, unwanted: str) -> str:
        """Wait until this text stands nowhere on the screen; return the screen."""
        return self.wait_until(lambda: unwanted not in self.text, f"{unwanted!r} gone from the screen")

    def wait_until(self, met: Callable[[], bool], what: str = "a condition") -> str:
        """Wait until a condition on this terminal is met, tried after everything that arrives; return the screen."""
        for _ in self._pumped(what):
            if met():
                return self.text
        raise AssertionError(f"{what}: not met when the program ended ({self.process.poll()}). The screen was:\n{self.text}")

    # What the program is sent

    def press(self, *keys: str) -> None:
        """Press keys by name, in one burst: "q", "enter", "ctrl+p", "up"; a longer text is typed as it is."""
        for key in keys:
            if key.startswith("ctrl+"):
                self.send(bytes([ord(key[-1]) & 0x1F]))
            else:
                self.send(_KEYS.get(key, key).encode())

    def send(self, data: bytes) -> None:
        """Send bytes as if the terminal had. What the program draws meanwhile is read, so that neither side can block."""
        while data:
            readable, writable, _ = select.select([self._master], [self._master], [], self.deadline)
            assert readable or writable, f"the program reads no input: {len(data)} bytes were not taken within {self.deadline:g} s"
            self._read()
            if writable:
                data = data[os.write(self._master, data[:256]) :]

    def resize(self, width: int, height: int) -> None:
        """Change the terminal's size; the program gets SIGWINCH."""
        self._screen.resize(height, width)
        self._set_size(width, height)

    def signal(self, number: signal.Signals) -> None:
        """Send the program a signal from outside."""
        os.kill(self.process.pid, number)

    def hang_up(self) -> None:
        """Take the terminal away: the program gets SIGHUP and then the end of its input."""
        os.close(self._slave)
        os.close(self._master)
        self._open = False

    # How it ends

    def exit_status(self) -> int:
        """Wait for the program's end and return its exit status; -N if signal N killed it."""
        for _ in self._pumped("the program's end"):
            pass
        self._read()
        return self.process.wait()

    def assert_restored(self) -> None:
        """The terminal is as the program found it: its modes, its line discipline, its keyboard protocol."""
        changed = self._modes ^ frozenset(self._screen.mode)
        left = {_MODES.get(mode >> 5, f"mode {mode >> 5}") for mode in changed}
        if self._stream.depth > 0:
            left.add("kitty keyboard protocol")
        if termios.tcgetattr(self._slave) != self._attributes:
            left.add("line discipline")
        assert not left, f"left changed in the terminal: {', '.join(sorted(left))}"

    def survivors(self) -> dict[int, str]:
        """Processes that the program started and that live on, of whatever session: process id to command line."""
        found = {}
        for process in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if process.name.isdecimal() and self._mark.encode() in (process / "environ").read_bytes():
                    found[int(process.name)] = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        return found

    def wait_alone(self) -> None:
        """Wait until no process that the program started is left, itself included."""
        end = time.monotonic() + self.deadline
        while survivors := self.survivors():
            with contextlib.suppress(ProcessLookupError):
                process = os.pidfd_open(next(iter(survivors)))
                ended = select.select([process], [], [], max(0.0, end - time.monotonic()))[0]
                os.close(process)
                assert ended, f"still alive after {self.deadline:g} s: {survivors}"

    # The plumbing

    def _set_size(self, width: int, height: int) -> None:
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def _read(self) -> bool:
        """Take in what has arrived; whether anything had."""
        if not (self._open and select.select([self._master], [], [], 0)[0]):
            return False
        self.received += (data := os.read(self._master, 1 << 16))
        self._stream.feed(data)
        return True

    def _pumped(self, what: str) -> Iterator[None]:
        """Come back after everything that arrives, until the program has ended and all is read."""
        end = time.monotonic() + self.deadline
        yield
        while True:
            sources = [self._ended, self._master] if self._open else [self._ended]
            ready = select.select(sources, [], [], max(0.0, end - time.monotonic()))[0]
            assert ready, f"{what}: not within {self.deadline:g} s. The screen is:\n{self.text}"
            arrived = self._read()
            yield
            if self._ended in ready and not arrived:
                return
