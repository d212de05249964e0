"""What is under way, in one line of a terminal's error stream; nothing where that is none, or cannot erase a line."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

from gradtui.core.text import grouped, left, number

_CLEAR = "\r\x1b[K"
_EVERY = 0.1
"""Seconds between two looks at the same line."""
_WIDEST = 30
"""Columns of the bar where there is room."""


@contextmanager
def waiting(words: str) -> Iterator[None]:
    """Say what is waited for until it is there."""
    _show(f"{words} ...")
    try:
        yield
    finally:
        _show("")


class Progress:
    """How far a run has come, its loss, and the time that is left at the speed that it has had so far."""

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self._began = time.perf_counter()
        self._shown = -_EVERY

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *error: object) -> None:
        _show("")

    def show(self, step: int, loss: float) -> None:
        """Say that a step was made, unless something was said a moment ago."""
        elapsed = time.perf_counter() - self._began
        if elapsed >= self._shown + _EVERY:
            self._shown = elapsed
            _show(line(step, self._steps, loss, elapsed, shutil.get_terminal_size().columns - 1))


class Share:
    """How much of something is done, in a bar, beside words and the time that is left where it is known."""

    def __init__(self) -> None:
        self._shown = -_EVERY

    def __enter__(self) -> Share:
        return self

    def __exit__(self, *error: object) -> None:
        _show("")

    def show(self, share: float, words: str, seconds: float | None) -> None:
        """Say how far it is, unless something was said a moment ago."""
        now = time.perf_counter()
        if now >= self._shown + _EVERY:
            self._shown = now
            whole = int(share * _WIDEST)
            rest = f"   {left(seconds)} left" if seconds is not None else ""
            _show(f"{'━' * whole}{'─' * (_WIDEST - whole)}   {words}{rest}"[: shutil.get_terminal_size().columns - 1])


def line(step: int, steps: int, loss: float, elapsed: float, width: int) -> str:
    """The line in so many columns, with a bar where there is room for one; what does not fit is cut."""
    words = f"step {grouped(step)} of {grouped(steps)}", f"loss {number(loss)}   {left(elapsed / step * (steps - step))} left"
    room = min(_WIDEST, width - sum(map(len, words)) - 6)
    whole = step * room // steps
    return "   ".join([words[0], "━" * whole + "─" * (room - whole), words[1]] if room >= 5 else words)[:width]


def _show(words: str) -> None:
    """Put words in place of the line."""
    if sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb":
        click.echo(f"{_CLEAR}{words}", err=True, nl=False)
