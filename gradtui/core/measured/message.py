"""What all messages between screen and backend have in common."""

from __future__ import annotations

from gradtui.core.frozen import Frozen
from gradtui.core.measured.bounds import Count

LONGEST_LINE = 1 << 20
"""Bytes: a longer line is no message of ours."""


class Message(Frozen):
    """Anything that crosses the pipe."""

    def line(self) -> bytes:
        """The message as one line, with its newline."""
        return self.model_dump_json().encode() + b"\n"


class Order(Message):
    """A command. Its number, from 1 on, is what replies name; 0 where nobody counts."""

    number: Count = 0


class Reply(Message):
    """A report of a run that may come of a command: `answers` is that one's number, 0 where none was asked for."""

    run: Count
    answers: Count = 0
