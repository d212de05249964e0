"""The lines between screen and backend: one JSON object each way a line. Non-finite numbers come back as they were."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from gradtui.core.measured.message import LONGEST_LINE
from gradtui.core.measured.protocol import Command, Report
from gradtui.core.text import printable

_T = TypeVar("_T")

_COMMAND: TypeAdapter[Command] = TypeAdapter(Annotated[Command, Field(discriminator="type")])
_REPORT: TypeAdapter[Report] = TypeAdapter(Annotated[Report, Field(discriminator="type")])


class BrokenLine(ValueError):
    """A line that is not one of our messages."""


def command(line: bytes) -> Command:
    """The command in a line. Raises BrokenLine."""
    return _parsed(_COMMAND, line)


def report(line: bytes) -> Report:
    """The report in a line. Raises BrokenLine."""
    return _parsed(_REPORT, line)


def recorded(record: Mapping[str, Any]) -> Report:
    """The report that a record holds. Raises BrokenLine."""
    try:
        return _REPORT.validate_python(record)
    except ValidationError:
        raise BrokenLine("a record that is no report") from None


def _parsed(adapter: TypeAdapter[_T], line: bytes) -> _T:
    if len(line) > LONGEST_LINE:
        raise BrokenLine(f"a line of more than {LONGEST_LINE} bytes")
    try:
        return adapter.validate_json(line)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False, include_context=False)[0]["msg"]
        raise BrokenLine(f"a line of {len(line)} bytes that is no message ({printable(wrong, 200)})") from None


class Lines:
    """Whole lines out of a pipe that delivers pieces. Of a line that is too long only enough is kept to tell that it is."""

    def __init__(self) -> None:
        self._piece = bytearray()

    def whole(self, data: bytes) -> list[bytes]:
        """The lines that end in the next piece, without their newlines."""
        *ended, rest = data.split(b"\n")
        lines = []
        for end in ended:
            self._take(end)
            lines.append(bytes(self._piece))
            self._piece.clear()
        self._take(rest)
        return lines

    def _take(self, data: bytes) -> None:
        self._piece += data[: LONGEST_LINE + 1 - len(self._piece)]
