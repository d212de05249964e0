"""Suspects: every setting is one or has a reason why not, unusual ones come first, and each changes one thing that can be."""

from __future__ import annotations

import pytest
from hypothesis import given

from gradtui.catalog.tables import TABLES
from gradtui.core.experiments.experiment import Experiment, experiment
from gradtui.study.suspects import HARMLESS, suspects
from tests.strategies import experiments

CHOICES = {
    "network.family",
    "network.width",
    "optimizer.name",
    "network.initialization",
    "network.activation",
    "optimizer.learning_rate",
}
"""Keys for which what is tried depends on the others."""


@given(experiments())
def test_each_suspect_is_another_experiment_and_tells_what_stood_there(made: Experiment) -> None:
    found = suspects(made)
    for suspect in found:
        assert suspect.changed != made and suspect.set.keys() == suspect.was.keys()
        assert suspect.changed == made.changed(suspect.set)
        for key, value in suspect.set.items():
            assert suspect.changed.value(key) == value
        assert suspect.changed.task == made.task and suspect.changed.run == made.run
    assert len({repr(one.changed.tables()) for one in found}) == len(found)
    assert [one.unusual for one in found] == sorted((one.unusual for one in found), reverse=True)


def test_every_reason_is_of_a_key_that_there_is() -> None:
    keys = {f"{table}.{name}" for table in TABLES for name in TABLES[table].every()}
    assert set(HARMLESS) <= keys and all(len(reason) > 10 for reason in HARMLESS.values())
    assert not CHOICES & set(HARMLESS)


SPOILED = [
    ("optimizer", {"name": "sgd", "weight_decay": 0.2}, "optimizer.weight_decay", 0.0),
    ("optimizer", {"name": "adam", "learning_rate": 1.0}, "optimizer.learning_rate", 0.01),
    ("optimizer", {"name": "adam", "eps": 1.0}, "optimizer.eps", 1e-8),
    ("optimizer", {"name": "momentum", "momentum": 0.9999}, "optimizer.momentum", 0.9),
    ("schedule", {"name": "step", "every": 5}, "schedule.name", "constant"),
    ("network", {"initialization": "normal", "std": 5.0}, "network.initialization", "he-normal"),
]


@pytest.mark.parametrize(("table", "values", "key", "usual"), SPOILED)
def test_a_setting_that_is_spoiled_is_among_the_first(table: str, values: dict[str, object], key: str, usual: object) -> None:
    found = suspects(experiment({table: values}))
    at = next(at for at, one in enumerate(found) if one.set.get(key) == usual)
    assert at < 4 and (found[at].unusual > 0)
