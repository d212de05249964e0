"""How the program ends: its exit statuses, and a message on stderr where something is wrong."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from gradtui.commands import paper

UNKEPT, USAGE, DIVERGED, UNFETCHED, CANNOT_WRITE = 1, 2, 3, 4, 5
"""Exit statuses: a claim does not hold, bad usage or an invalid preset, a loss that is not finite, a preset that does not come, and
a file that cannot be written.
"""


def fail(message: str, status: int = USAGE) -> NoReturn:
    """End the program with a message on stderr."""
    paper.write(f"gradtui: {message}", err=True)
    sys.exit(status)


@contextmanager
def told_refusals() -> Iterator[None]:
    """End the program with the reason where a run is refused."""
    from gradtui.core.experiments.refusal import Refused

    try:
        yield
    except Refused as error:
        fail(str(error))
