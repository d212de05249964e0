"""Small apps in terminals of their own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.terminal.harness import Terminal

APP = Path(__file__).parent / "apps" / "small.py"


@pytest.fixture
def command() -> list[str]:
    """What starts the small app."""
    return [sys.executable, str(APP)]


@pytest.fixture
def start(command: list[str]) -> Iterator[Callable[..., Terminal]]:
    """Starts the small app with these arguments, in a terminal with these options, and waits until it is up."""
    with ExitStack() as opened:

        def start(*arguments: str, **options: Any) -> Terminal:
            terminal = opened.enter_context(Terminal([*command, *arguments], **options))
            terminal.wait_for("Ready")
            return terminal

        yield start
