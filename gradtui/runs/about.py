"""What is known of a run before its first step: the experiment, where it came from, and what its numbers depend on."""

from __future__ import annotations

import json
import os
import stat
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from gradtui.core.frozen import Frozen
from gradtui.core.measured.bounds import Name, Named, Value, Words
from gradtui.core.text import printable
from gradtui.runs import whole

SCHEMA = 1
_NAME = "run.json"
_LARGEST = 1 << 20
"""Bytes: a larger file describes no run."""


class Unreadable(ValueError):
    """A folder that holds no run that can be read; the message says why."""


class About(Frozen):
    """`preset` says where the preset came from, `changes` what was changed of it. `experiment` is as it began. `name`, `tags` and
    `note` are a person's.
    """

    layout: Literal[1] = 1
    title: Name
    preset: Words
    changes: Named[Value] = Field(default_factory=dict)
    experiment: dict[str, dict[str, Any]]
    began: datetime
    environment: Named[Name]
    data: Name
    name: Name = ""
    tags: Annotated[tuple[Name, ...], Field(max_length=32)] = ()
    note: Words = ""

    @property
    def called(self) -> str:
        """What it is called: its name, or its preset's title."""
        return self.name or self.title


def write(folder: Path, about: About) -> None:
    """Put it into a run's folder. Raises OSError."""
    whole.write(folder / _NAME, about.model_dump_json(indent=1).encode() + b"\n")


def read(folder: Path) -> About:
    """What a folder says of its run. Raises Unreadable."""
    path = folder / _NAME
    shown = printable(str(path))
    try:
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise Unreadable(f"{shown} is no regular file.")
            data = file.read(_LARGEST + 1)
        found = json.loads(data) if len(data) <= _LARGEST else None
    except FileNotFoundError:
        raise Unreadable(f"{printable(str(folder))} holds no run: there is no {_NAME} in it.") from None
    except OSError as error:
        raise Unreadable(f"{shown} cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError):
        raise Unreadable(f"{shown} is no JSON, so this is no run.") from None
    if not isinstance(found, dict) or "layout" not in found:
        raise Unreadable(f"{shown} describes no run.")
    if found["layout"] != SCHEMA:
        version = printable(str(found["layout"]), 20)
        raise Unreadable(f"{shown} is of another version of gradtui: its layout is {version}, and this one reads {SCHEMA}.")
    try:
        return About.model_validate(found)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(map(str, wrong["loc"]))
        raise Unreadable(f"{shown} describes no run: {printable(where, 60)}: {printable(wrong['msg'], 100)}.") from None
