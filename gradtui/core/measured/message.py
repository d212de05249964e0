"""What all messages between screen and backend have in common."""

from __future__ import annotations

from gradtui.core.frozen import Frozen

LONGEST_LINE = 1 << 20
"""Bytes: a longer line is no message of ours."""


class Message(Frozen):
    """Anything that crosses the pipe."""

    def line(self) -> bytes:
        """The message as one line, with its newline."""
        return self.model_dump_json().encode() + b"\n"
