"""What a catalog is made of: parameters with bounds and help, entries, and the catalogs that hold them.

Forms, command line, preset validation, listings and docs are all derived from these values, so a new choice is one entry.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, TypeVar

Value = float | int | bool | str | tuple[float, float]
Scale = Literal["linear", "log"]


@dataclass(frozen=True)
class Parameter:
    """One value a person may choose: its type, bounds, default and help.

    `above` and `below` are exclusive bounds, `minimum` and `maximum` inclusive ones. A parameter with a `catalog` names one of
    its entries, whose own parameters then stand beside it. `live` parameters may change while training runs. `idle_when` names
    the choice, as key and value, beside which the parameter has no effect. `divides` names another parameter of the table that
    must be a multiple of this one. `label` replaces a name that says little by itself.
    """

    name: str
    type: type[float] | type[int] | type[bool] | type[str] | Literal["pair"]
    default: Value
    help: str
    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    below: float | None = None
    choices: tuple[str, ...] = ()
    catalog: Catalog[Any] | None = None
    scale: Scale = "linear"
    live: bool = False
    idle_when: tuple[str, Value] | None = None
    divides: str = ""
    label: str = ""

    def idle(self, values: Mapping[str, object]) -> bool:
        """Whether the parameter has no effect beside these values of its table."""
        return self.idle_when is not None and values.get(self.idle_when[0]) == self.idle_when[1]

    @property
    def title(self) -> str:
        """The name as a person reads it."""
        return self.label or self.name.replace("_", " ")

    @property
    def names(self) -> tuple[str, ...]:
        """The values allowed for a choice; empty for everything else."""
        return tuple(self.catalog) if self.catalog is not None else self.choices

    @property
    def annotation(self) -> Any:
        """The pydantic type that accepts exactly the allowed values."""
        from pydantic import Field  # here, because a shell that completes a word waits for all that is imported with the catalog

        if self.type is str:
            return Literal[self.names]
        if self.type is bool:
            return bool
        bounds = Field(
            ge=self.minimum, le=self.maximum, gt=self.above, lt=self.below, allow_inf_nan=False if self.type is not int else None
        )
        if self.type == "pair":
            number = Annotated[float, bounds]
            return Annotated[tuple[number, number], Field(strict=False)]
        return Annotated[self.type, bounds]

    @property
    def allowed(self) -> str:
        """What may stand here, in words."""
        if self.type is str:
            return "one of " + ", ".join(self.names)
        if self.type is bool:
            return "true or false"
        lower = _bound("from", self.minimum) or _bound("above", self.above)
        upper = _bound("to", self.maximum) or _bound("below", self.below)
        what = {int: "a whole number", float: "a number", "pair": "two numbers, each"}[self.type]
        return " ".join(part for part in (what, lower, "and" if lower and upper and self.maximum is None else "", upper) if part)


def _bound(word: str, bound: float | None) -> str:
    if bound is None:
        return ""
    return f"{word} {bound:,}".replace(",", " ") if isinstance(bound, int) else f"{word} {bound:g}"


@dataclass(frozen=True)
class Entry:
    """One thing that can be chosen. `target` is `module:attribute`, resolved by the engine only. `good_for` says in a sentence
    what to choose it for, where the summary leaves that open.
    """

    name: str
    summary: str
    target: str = ""
    parameters: tuple[Parameter, ...] = ()
    good_for: str = field(default="", kw_only=True)


E = TypeVar("E", bound=Entry, covariant=True)


@dataclass(frozen=True, eq=False)
class Catalog(Mapping[str, E]):
    """All entries of one kind, in the order in which they are offered."""

    kind: str
    summary: str
    entries: tuple[E, ...]
    _by_name: dict[str, E] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {entry.name: entry for entry in self.entries})

    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def __getitem__(self, name: str) -> E:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)
