"""Lending the terminal to another program, such as ssh that wants to ask something."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType


def lend(argv: Sequence[str]) -> None:
    """Run a program in the terminal until it ends. The app must be suspended; it stands still meanwhile.

    Ctrl+C is for the program alone, Ctrl+Z for nobody: no shell would know what to continue. A signal that ends the app ends the
    program first.
    """
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTSTP, signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)  # the program inherits this
    try:
        with suppress(OSError), subprocess.Popen(argv) as program:

            def end(number: int, frame: FrameType | None) -> None:
                program.terminate()

            signal.signal(signal.SIGINT, signal.SIG_IGN)
            for number in (signal.SIGTERM, signal.SIGHUP):
                if handlers[number] is not signal.SIG_IGN:
                    signal.signal(number, end)
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
            signal.siginterrupt(number, False)
