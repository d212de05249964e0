"""The experiment: a frozen value with everything that determines a run."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, SerializeAsAny, ValidationError, create_model

from gradtui.catalog.entry import Parameter
from gradtui.catalog.initializations import INITIALIZATIONS
from gradtui.catalog.networks import FAMILIES
from gradtui.catalog.tables import TABLES, Table
from gradtui.core.experiments.fitting import misfits, task_for
from gradtui.core.text import nearest, printable

Tables = Mapping[str, Mapping[str, Any]]
_Found = TypeVar("_Found")

MOST_TOLD = 20
"""Mistakes that are told of one experiment. Where there are more, that is told too."""


@dataclass(frozen=True)
class Mistake:
    """One thing wrong with an experiment: where, what, what is allowed, and what was probably meant."""

    where: str
    problem: str
    allowed: str = ""
    meant: str | None = None

    def __str__(self) -> str:
        hint = f" Did you mean {self.meant}?" if self.meant else ""
        allowed = f" Allowed: {self.allowed}." if self.allowed else ""
        return f"{self.where}: {self.problem}{hint}{allowed}"


class InvalidExperiment(ValueError):
    """An experiment that cannot be; holds its mistakes, one more than are told where there are many, and the file if any."""

    def __init__(self, mistakes: Iterable[Mistake], source: str = "") -> None:
        self.mistakes = first(mistakes)
        self.source = source
        told = self.mistakes[:MOST_TOLD]
        more = "More than " if len(self.mistakes) > MOST_TOLD else ""
        count = f"{more}{len(told)} mistake{'s' if len(told) > 1 else ''}"
        heading = f"{count} in {printable(source)}:" if source else f"{count} in the experiment:"
        super().__init__("\n".join([heading, *(f"  {mistake}" for mistake in told)]))


def first(found: Iterable[_Found]) -> tuple[_Found, ...]:
    """As many as are told and one more, so that a file full of mistakes costs no more than that to refuse."""
    return tuple(islice(found, MOST_TOLD + 1))


class Section(BaseModel):
    """One table's values. Its fields are those of the chosen catalog entries, as attributes."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    def values(self) -> dict[str, Any]:
        """The values by key, in the order of the catalog."""
        return {name: getattr(self, name) for name in type(self).model_fields}


class Experiment(BaseModel):
    """Everything that determines a run. Made by `experiment()`; changed by `changed()`, which makes another."""

    model_config = ConfigDict(frozen=True)

    network: SerializeAsAny[Section]
    optimizer: SerializeAsAny[Section]
    schedule: SerializeAsAny[Section]
    clip: SerializeAsAny[Section]
    task: SerializeAsAny[Section]
    run: SerializeAsAny[Section]

    def tables(self) -> dict[str, dict[str, Any]]:
        """The plain values by table and key; `experiment()` of them is this experiment."""
        return {name: self.section(name).values() for name in TABLES}

    def flat(self) -> dict[str, Any]:
        """The plain values by dotted key."""
        return {f"{table}.{name}": value for table, values in self.tables().items() for name, value in values.items()}

    def section(self, table: str) -> Section:
        """One table's values."""
        section: Section = getattr(self, table)
        return section

    def parameters(self, table: str) -> tuple[Parameter, ...]:
        """The parameters that apply to one table as it is."""
        return TABLES[table].chosen(self.section(table).values())

    def parameter(self, key: str) -> Parameter:
        """The parameter of a dotted key. Raises InvalidExperiment for a key that does not apply."""
        table, name = _split(key)
        for parameter in self.parameters(table):
            if parameter.name == name:
                return parameter
        raise InvalidExperiment([_unknown_key(TABLES[table], self.section(table).values(), name)])

    def value(self, key: str) -> Any:
        """The value of a dotted key."""
        table, _, name = key.partition(".")
        return getattr(self.section(table), name)

    def changed(self, changes: Mapping[str, Any]) -> Experiment:
        """Replace values by dotted key.

        Where a choice changes, values that fit the new entry too are kept and the others go; a task that gives nothing that a new
        network takes makes room for the first that does. Raises InvalidExperiment.
        """
        tables = self.tables()
        mistakes: list[Mistake] = []
        for key, value in changes.items():
            try:
                table, name = _split(key)
            except InvalidExperiment as error:
                mistakes += error.mistakes
                if len(mistakes) > MOST_TOLD:
                    raise InvalidExperiment(mistakes) from None
            else:
                tables[table][name] = value
        if "network.family" in changes and "task.name" not in changes:
            tables["task"]["name"] = task_for(changes["network.family"], tables["task"]["name"])
        for name, values in tables.items():
            unfit = [key for key in _wrong_keys(TABLES[name], values) if f"{name}.{key}" not in changes]
            tables[name] = {key: value for key, value in values.items() if key not in unfit}
        if "network.family" in changes and not _wrong_keys(TABLES["network"], tables["network"]):
            tables["network"] = _carried_over(tables["network"], changes)
        if mistakes:
            raise InvalidExperiment([*mistakes, *_mistakes_in(tables)])
        return experiment(tables)

    def differences(self, other: Experiment) -> dict[str, tuple[Any, Any]]:
        """Dotted keys whose values differ, with this one's and the other's value (None where a key is absent)."""
        mine, theirs = self.flat(), other.flat()
        return {key: (mine.get(key), theirs.get(key)) for key in {**mine, **theirs} if mine.get(key) != theirs.get(key)}


def experiment(tables: Tables = {}) -> Experiment:  # noqa: B006
    """The experiment with these values and the catalog's defaults. Raises InvalidExperiment with every mistake at once."""
    mistakes = _mistakes_in(tables)
    if mistakes:
        raise InvalidExperiment(mistakes)
    return Experiment(**_sections(tables, TABLES))


def _sections(tables: Tables, names: Iterable[str]) -> dict[str, Section]:
    return {name: _model(TABLES[name], tables.get(name, {}))(**tables.get(name, {})) for name in names}


def _mistakes_in(tables: Tables) -> tuple[Mistake, ...]:
    mistakes = first(chain.from_iterable(_mistakes_at(name, values) for name, values in tables.items()))
    if len(mistakes) > MOST_TOLD:
        return mistakes
    wrong = {mistake.where.partition(".")[0] for mistake in mistakes}
    right = _sections(tables, [name for name in TABLES if name not in wrong])
    return mistakes + tuple(Mistake(*misfit) for misfit in misfits({name: section.values() for name, section in right.items()}))


def _mistakes_at(name: str, values: Any) -> Iterable[Mistake]:
    if name not in TABLES:
        return [_unknown_table(name)]
    if not isinstance(values, Mapping):
        return [Mistake(name, f"is {seen(values)}, not a table.", f"[{name}] with keys of its own")]
    return _mistakes_in_table(TABLES[name], values)


def _mistakes_in_table(table: Table, values: Mapping[str, Any]) -> Iterable[Mistake]:
    wrong = _wrong_keys(table, values)
    parameters = {parameter.name: parameter for parameter in table.chosen(values)}
    unsettled = any(name in parameters and parameters[name].catalog is not None for name in wrong)
    every = table.every() if unsettled else {}
    told = first(
        _wrong_value(table, parameters[name], values[name]) if name in parameters else _unknown_key(table, values, name)
        for name in wrong
        if name in parameters or name not in every
    )
    return told or _indivisible(table, values)


def _indivisible(table: Table, values: Mapping[str, Any]) -> list[Mistake]:
    """What each value allows and all of them together do not."""
    parameters = {parameter.name: parameter for parameter in table.chosen(values)}
    complete = {name: parameter.default for name, parameter in parameters.items()} | dict(values)
    told = []
    for name, parameter in parameters.items():
        if parameter.divides and complete[parameter.divides] % complete[name]:
            of, most = complete[parameter.divides], parameter.maximum or 1
            fitting = ", ".join(str(part) for part in range(1, int(most) + 1) if of % part == 0)
            told.append(Mistake(f"{table.name}.{name}", f"{complete[name]} do not divide a {parameter.divides} of {of}.", fitting))
        if name == "initialization":
            told += _misfit_initialization(complete)
    return told


def _carried_over(network: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A network's values for its new family: what would not fit gives way, unless it was asked for."""
    carried = dict(network)
    parameters = {parameter.name: parameter for parameter in TABLES["network"].chosen(network)}
    values = {name: parameter.default for name, parameter in parameters.items()} | carried
    for name, parameter in parameters.items():
        if f"network.{name}" in changes:
            continue
        if parameter.divides:
            carried[name] = math.gcd(values[name], values[parameter.divides])
        if name == "initialization" and network["family"] not in (INITIALIZATIONS[values[name]].families or FAMILIES):
            del carried[name]
    return carried


def _misfit_initialization(network: Mapping[str, Any]) -> list[Mistake]:
    where, chosen = "network.initialization", INITIALIZATIONS[network["initialization"]]
    if chosen.families and network["family"] not in chosen.families:
        fitting = ", ".join(name for name, entry in INITIALIZATIONS.items() if network["family"] in (entry.families or FAMILIES))
        return [Mistake(where, f'"{chosen.name}" is for {" and ".join(chosen.families)} only.', fitting)]
    if chosen.residual and not network["residual"]:
        fitting = ", ".join(name for name, entry in INITIALIZATIONS.items() if not entry.residual)
        return [Mistake(where, f'"{chosen.name}" needs residual links.', f"network.residual = true, or one of {fitting}")]
    return []


def _wrong_keys(table: Table, values: Mapping[str, Any]) -> list[str]:
    """The keys that do not apply or whose values do not fit, in order and each once."""
    try:
        _model(table, values)(**values)
    except ValidationError as error:
        return list(dict.fromkeys(str(item["loc"][0]) for item in error.errors(include_url=False, include_context=False)))
    return []


def _model(table: Table, values: Mapping[str, Any]) -> type[Section]:
    return _model_of(table.name, table.chosen(values))


@lru_cache(maxsize=1024)
def _model_of(name: str, parameters: tuple[Parameter, ...]) -> type[Section]:
    fields: dict[str, Any] = {p.name: (p.annotation, Field(default=p.default, description=p.help)) for p in parameters}
    return create_model(name.capitalize(), __base__=Section, **fields)


def _split(key: str) -> tuple[str, str]:
    table, dot, name = key.partition(".")
    if not dot:
        raise InvalidExperiment([Mistake(printable(key, 60), "is not a dotted key.", "table.key, such as optimizer.learning_rate")])
    if table not in TABLES:
        raise InvalidExperiment([_unknown_table(table)])
    return table, name


def _unknown_table(name: str) -> Mistake:
    return Mistake(printable(str(name), 60), "unknown table.", ", ".join(TABLES), nearest(str(name), TABLES))


def _unknown_key(table: Table, values: Mapping[str, Any], name: str) -> Mistake:
    keys = [parameter.name for parameter in table.chosen(values)]
    where = f"{table.name}.{printable(name, 60)}"
    owners = table.every().get(name)
    if owners:
        return Mistake(where, f"does not apply here; it belongs to {', '.join(owners)}.", ", ".join(keys))
    return Mistake(where, "unknown key.", ", ".join(keys), nearest(name, keys))


def _wrong_value(table: Table, parameter: Parameter, value: Any) -> Mistake:
    meant = nearest(value, parameter.names) if isinstance(value, str) else None
    return Mistake(f"{table.name}.{parameter.name}", f"{seen(value)} does not fit.", parameter.allowed, meant)


def seen(value: object) -> str:
    """A wrong value as it stands in the file."""
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, str):
        return f'"{printable(value, 60)}"'
    if isinstance(value, bool):
        return "true" if value else "false"
    try:
        return printable(str(value), 60)
    except ValueError:  # an integer too long to print
        return "a very long number"
