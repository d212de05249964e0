"""Whether the terminal's background is light: asked of the terminal, which answers while the program is being loaded."""

from __future__ import annotations

import os
import re
import select
import termios
import time
import tty
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

_ASK = b"\x1b]11;?\x1b\\\x1b[c"
"""The colour of the background (OSC 11), then the kind of terminal (DA1), which those tell too that do not know the first."""
_COLOUR = re.compile(rb"\x1b\]11;rgba?:([0-9a-fA-F]+)/([0-9a-fA-F]+)/([0-9a-fA-F]+)[0-9a-fA-F/]*(?:\x1b\\|\x07)")
_KIND = re.compile(rb"\x1b\[\?[\d;]*c")
_PATIENCE = 0.3
"""Seconds that an answer may take longer than what is done meanwhile."""


class Ground:
    """What the terminal answered: whether its background is light, None where it does not tell, and what was typed meanwhile."""

    light: bool | None = None
    typed = b""

    def take(self, answer: bytes) -> None:
        """Understand what came from the terminal."""
        colour = _COLOUR.search(answer)
        if colour is not None:
            red, green, blue = (int(part, 16) / (16 ** len(part) - 1) for part in colour.groups())
            self.light = 0.299 * red + 0.587 * green + 0.114 * blue > 0.5
        self.typed = _KIND.sub(b"", _COLOUR.sub(b"", answer))


@contextmanager
def asked(environ: Mapping[str, str], source: int, target: int) -> Iterator[Ground]:
    """Ask the terminal, do what is to be done meanwhile, and take its answer. The console of Linux, which would print the
    question, is not asked, and none is where a theme is given.
    """
    ground = Ground()
    if "TEXTUAL_THEME" in environ or environ.get("TERM") == "linux":
        yield ground
        return
    before = termios.tcgetattr(source)
    tty.setcbreak(source, termios.TCSANOW)
    try:
        os.write(target, _ASK)
        yield ground
        ground.take(_answer(source))
    finally:
        termios.tcsetattr(source, termios.TCSANOW, before)


def _answer(source: int) -> bytes:
    """All that came until the terminal had told its kind, or was silent for too long."""
    came, end = b"", time.monotonic() + _PATIENCE
    while not _KIND.search(came) and select.select([source], [], [], max(0.0, end - time.monotonic()))[0]:
        data = os.read(source, 4096)
        if not data:
            break
        came += data
    return came
