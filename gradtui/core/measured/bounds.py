"""Bounds of what comes over the pipe: a backend may run on another machine, so what it reports is outside data."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field

from gradtui.core.text import printable

MOST = 1000
"""Layers, lanes, time steps or findings in one report."""
_LONGEST = 100
"""Characters of a name."""
MOST_NAMED = 64
"""Quantities of a frame, or values that a fix sets."""


def _few(named: Any) -> Any:
    if isinstance(named, dict) and len(named) > MOST_NAMED:
        raise ValueError(f"at most {MOST_NAMED} names can be")
    return named


def _name(text: str) -> str:
    """The same few names come with every frame, and are looked through once."""
    return _known(text) if len(text) <= _LONGEST else printable(text, _LONGEST)


@lru_cache(maxsize=1024)
def _known(text: str) -> str:
    return printable(text, _LONGEST)


_Item = TypeVar("_Item")

Few = Annotated[tuple[_Item, ...], Field(max_length=MOST, fail_fast=True)]
"""Some of a kind; reading ends with the first that is wrong."""
Name = Annotated[str, AfterValidator(_name)]
"""What something is called, cut where it is long, without what a terminal obeys."""
Named = Annotated[dict[Name, _Item], BeforeValidator(_few)]
"""Some of a kind by name."""
Words = Annotated[str, AfterValidator(printable)]
"""A sentence or a few, cut where they are long, without what a terminal obeys."""
Count = Annotated[int, Field(ge=0, le=2**53)]
"""A whole number that any program that reads JSON holds exactly."""
Lane = Annotated[int, Field(ge=0, lt=MOST)]
"""A lane's place in its stack."""
Value = bool | Annotated[int, Field(ge=-(2**53), le=2**53)] | float | Words | tuple[float, float]
"""The value of a parameter."""
