"""Lending the terminal to another program, such as ssh that wants to ask something."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

_AGAIN = 0.1
"""Seconds after which a program that was told to end, and has not, is told again: ssh forgets what comes just before it reads."""


def lend(argv: Sequence[str]) -> None:
    """Run a program in the terminal until it ends. The app must be suspended, and stands still meanwhile.

    Ctrl+C is for the program alone, Ctrl+Z for nobody: no shell would know what to continue. A signal that ends the app ends the
    program first. Where the program cannot be started, nothing happens.
    """
    received: list[int] = []
    ending = [number for number in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(number) is not signal.SIG_IGN]
    handlers: dict[signal.Signals, Any] = dict.fromkeys(ending, lambda number, _: received.append(number))
    handlers |= {signal.SIGTSTP: signal.SIG_IGN, signal.SIGINT: _ignore}
    with suppress(OSError), _handling(handlers), subprocess.Popen(argv) as program:
        while not _ended(program):
            if received:
                program.terminate()
    for number in received:
        os.kill(os.getpid(), number)


def _ended(program: subprocess.Popen[bytes]) -> bool:
    try:
        program.wait(_AGAIN)
    except subprocess.TimeoutExpired:
        return False
    return True


def _ignore(number: int, frame: object) -> None:
    """Do nothing: as SIG_IGN, which the program would inherit."""


@contextmanager
def _handling(handlers: Mapping[signal.Signals, Any]) -> Iterator[None]:
    """Handle signals so, and keep them from the event loop, which would otherwise learn of them afterwards."""
    loop = signal.set_wakeup_fd(-1)
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
            signal.siginterrupt(number, False)
        signal.set_wakeup_fd(loop)
