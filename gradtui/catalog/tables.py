"""The tables of an experiment and the parameters in each: the one source of forms, presets, `--set` and the schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gradtui.catalog.activations import ACTIVATIONS
from gradtui.catalog.entry import Catalog, Entry, Parameter
from gradtui.catalog.initializations import INITIALIZATIONS
from gradtui.catalog.losses import LOSSES
from gradtui.catalog.networks import FAMILIES
from gradtui.catalog.normalizations import NORMALIZATIONS
from gradtui.catalog.optimizers import OPTIMIZERS
from gradtui.catalog.recurrences import RECURRENCES
from gradtui.catalog.schedules import SCHEDULES
from gradtui.catalog.tasks import TASKS
from gradtui.catalog.training import CLIPPINGS, DEVICES


@dataclass(frozen=True)
class Table:
    """One table of a preset. A parameter with a catalog brings the chosen entry's parameters with it, after it."""

    name: str
    parameters: tuple[Parameter, ...]

    def chosen(self, values: Mapping[str, Any]) -> tuple[Parameter, ...]:
        """Every parameter that applies to these values; an unknown choice counts as the default one."""
        return tuple(_expand(self.parameters, values))

    def every(self) -> dict[str, list[str]]:
        """Every key that any choice brings, with the entries that bring it (none where it always applies)."""
        keys: dict[str, list[str]] = {}
        _collect(self.parameters, "", keys)
        return keys


def _expand(parameters: tuple[Parameter, ...], values: Mapping[str, Any]) -> list[Parameter]:
    found = []
    for parameter in parameters:
        found.append(parameter)
        if parameter.catalog is not None:
            name = values.get(parameter.name, parameter.default)
            known = isinstance(name, str) and name in parameter.catalog
            found += _expand(parameter.catalog[name if known else str(parameter.default)].parameters, values)
    return found


def _collect(parameters: tuple[Parameter, ...], owner: str, keys: dict[str, list[str]]) -> None:
    for parameter in parameters:
        owners = keys.setdefault(parameter.name, [])
        if owner:
            owners.append(owner)
        for entry in parameter.catalog.values() if parameter.catalog is not None else ():
            _collect(entry.parameters, entry.name, keys)


TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table("network", (Parameter("family", str, "mlp", "What is trained.", catalog=FAMILIES),)),
        Table(
            "optimizer", (Parameter("name", str, "sgd", "How a gradient becomes a step.", catalog=OPTIMIZERS, label="optimizer"),)
        ),
        Table(
            "schedule",
            (Parameter("name", str, "constant", "How the learning rate changes.", catalog=SCHEDULES, live=True, label="schedule"),),
        ),
        Table(
            "clip",
            (
                Parameter(
                    "by",
                    str,
                    "none",
                    "What is done to a gradient that is too large.",
                    catalog=CLIPPINGS,
                    live=True,
                    label="clip by",
                ),
                Parameter(
                    "threshold",
                    float,
                    1.0,
                    "Largest norm or value that passes.",
                    above=0,
                    maximum=1e9,
                    scale="log",
                    live=True,
                    idle_when=("by", "none"),
                    label="clip threshold",
                ),
            ),
        ),
        Table("task", (Parameter("name", str, "spirals", "What the network is asked to learn.", catalog=TASKS, label="task"),)),
        Table(
            "run",
            (
                Parameter(
                    "steps",
                    int,
                    2000,
                    "Updates of the weights before the run is done.",
                    minimum=1,
                    maximum=1_000_000_000,
                    live=True,
                ),
                Parameter("batch_size", int, 64, "Samples a step; 0 takes the whole training set.", minimum=0, maximum=1_000_000),
                Parameter("shuffle", bool, True, "Draw each epoch in a new order; false keeps the order of the data."),
                Parameter("seed", int, 0, "Same seed, same data, same weights, same batches.", minimum=0, maximum=2**32 - 1),
                Parameter("device", str, "auto", "Where it runs.", catalog=DEVICES),
            ),
        ),
    )
}

CATALOGS: dict[str, Catalog[Entry]] = {
    "networks": FAMILIES,
    "activations": ACTIVATIONS,
    "initializations": INITIALIZATIONS,
    "recurrences": RECURRENCES,
    "normalizations": NORMALIZATIONS,
    "optimizers": OPTIMIZERS,
    "schedules": SCHEDULES,
    "clippings": CLIPPINGS,
    "losses": LOSSES,
    "tasks": TASKS,
    "devices": DEVICES,
}
