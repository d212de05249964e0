"""What holds for every entry of every catalog, so that adding one is safe."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator

import pytest

from gradtui.catalog.entry import Catalog, Entry, Parameter
from gradtui.catalog.networks import FAMILIES
from gradtui.catalog.tables import CATALOGS, TABLES
from gradtui.catalog.tasks import TASKS
from gradtui.core.experiments.fitting import fitting

ENTRIES = [pytest.param(entry, id=f"{kind}/{entry.name}") for kind, catalog in CATALOGS.items() for entry in catalog.entries]
TARGETS = sorted({entry.target for catalog in CATALOGS.values() for entry in catalog.entries if entry.target})


def parameters(of: tuple[Parameter, ...]) -> Iterator[Parameter]:
    """These parameters and all that their catalogs' entries bring."""
    for parameter in of:
        yield parameter
        for entry in parameter.catalog.entries if parameter.catalog is not None else ():
            yield from parameters(entry.parameters)


PARAMETERS = list({parameter: None for table in TABLES.values() for parameter in parameters(table.parameters)})


def keys(of: tuple[Parameter, ...]) -> Iterator[list[str]]:
    """The keys of every combination of choices."""
    if not of:
        yield []
        return
    first, rest = of[0], of[1:]
    for brought in (entry.parameters for entry in first.catalog.entries) if first.catalog is not None else [()]:
        for some in keys(brought):
            for more in keys(rest):
                yield [first.name, *some, *more]


@pytest.mark.parametrize("entry", ENTRIES)
def test_an_entry_has_a_plain_name_a_sentence_and_a_target_that_names_one_thing(entry: Entry) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", entry.name)
    assert re.fullmatch(r"\S.*\.", entry.summary)
    assert len(entry.summary) <= 132
    assert re.fullmatch(r"([a-z_]+(\.[a-z_]+)*:[A-Za-z_]\w*)?", entry.target)


@pytest.mark.parametrize("name", TASKS)
def test_a_task_says_what_it_is_good_for_in_a_short_sentence(name: str) -> None:
    assert re.fullmatch(r"[A-Z].*\.", TASKS[name].good_for)
    assert len(TASKS[name].good_for) <= 100


def test_every_network_has_a_task_and_every_task_a_network() -> None:
    assert all(map(fitting, FAMILIES))
    assert {name for family in FAMILIES for name in fitting(family)} == set(TASKS)


@pytest.mark.parametrize("catalog", CATALOGS.values(), ids=list(CATALOGS))
def test_a_catalog_offers_each_name_once(catalog: Catalog[Entry]) -> None:
    assert [entry.name for entry in catalog.entries] == list(catalog)
    assert re.fullmatch(r"\S.*\.", catalog.summary)


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_is_there(target: str) -> None:
    module, name = target.split(":")
    assert callable(getattr(importlib.import_module(module), name))


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda parameter: parameter.name)
def test_a_parameter_explains_itself_and_allows_its_default(parameter: Parameter) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", parameter.name)
    assert parameter.help.endswith(".")
    if parameter.type is str:
        assert parameter.default in parameter.names
        assert len(set(parameter.names)) == len(parameter.names)
    elif parameter.type is not bool:
        assert (parameter.minimum is None) != (parameter.above is None), "exactly one lower bound"
        assert (parameter.maximum is None) != (parameter.below is None), "exactly one upper bound"
        assert re.search(r"(from|above) \S.* (to|below) ", parameter.allowed)
        assert "e+" not in parameter.allowed or parameter.type is not int


@pytest.mark.parametrize("name", TABLES)
def test_no_two_chosen_parameters_share_a_key(name: str) -> None:
    for chosen in keys(TABLES[name].parameters):
        assert len(chosen) == len(set(chosen)), chosen


def test_every_choice_of_an_experiment_is_listed() -> None:
    offered = {id(parameter.catalog) for parameter in PARAMETERS if parameter.catalog is not None}
    assert offered <= {id(catalog) for catalog in CATALOGS.values()}


def test_every_key_knows_who_brings_it() -> None:
    for table in TABLES.values():
        assert set(table.every()) == {parameter.name for parameter in parameters(table.parameters)}
    assert TABLES["optimizer"].every()["betas"] == ["adam", "adamw", "nadam", "radam", "lion", "muon"]
    assert TABLES["run"].every()["steps"] == []
