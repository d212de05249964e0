"""Bounds of what comes over the pipe: a backend may run on another machine, so what it reports is outside data."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field

from gradtui.core.text import printable

MOST = 1000
"""Layers, lanes, time steps or findings in one report."""
MOST_NAMED = 64
"""Quantities of a frame, or values that a fix sets."""


def _few(named: Any) -> Any:
    if isinstance(named, dict) and len(named) > MOST_NAMED:
        raise ValueError(f"at most {MOST_NAMED} names can be")
    return named


_Item = TypeVar("_Item")

Few = Annotated[tuple[_Item, ...], Field(max_length=MOST, fail_fast=True)]
"""Some of a kind; reading ends with the first that is wrong."""
Name = Annotated[str, AfterValidator(lambda text: printable(text, 100))]
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
