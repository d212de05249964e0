from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from gradtui.catalog.entry import Parameter
from gradtui.catalog.tables import TABLES
from gradtui.catalog.tasks import TASKS
from gradtui.core.experiments.experiment import MOST_TOLD, Experiment, InvalidExperiment, experiment
from gradtui.core.experiments.fitting import fitting
from tests.strategies import ENTANGLED, experiments, family_for, reconciled, tables, values, wrong_values

CHOICES = [
    (table.name, parameter.name) for table in TABLES.values() for parameter in table.chosen({}) if parameter.catalog is not None
]


def mistakes(made: dict[str, Any]) -> InvalidExperiment:
    with pytest.raises(InvalidExperiment) as caught:
        experiment(made)
    return caught.value


def fits(parameter: Parameter, value: Any) -> bool:
    """Whether a valid value of another entry's parameter of the same name fits this one."""
    if parameter.names:
        return value in parameter.names
    parts = value if isinstance(value, tuple) else (value,)
    return all(
        (parameter.minimum is None or part >= parameter.minimum)
        and (parameter.maximum is None or part <= parameter.maximum)
        and (parameter.above is None or part > parameter.above)
        and (parameter.below is None or part < parameter.below)
        for part in parts
    )


@given(experiments())
def test_an_experiment_of_its_tables_is_the_experiment(made: Experiment) -> None:
    again = experiment(made.tables())
    assert again == made
    assert again.differences(made) == {}


@given(tables())
def test_values_stand_as_given_and_defaults_where_nothing_was_given(given_values: dict[str, dict[str, Any]]) -> None:
    made = experiment(given_values)
    for table in TABLES:
        for parameter in made.parameters(table):
            assert made.value(f"{table}.{parameter.name}") == given_values[table].get(parameter.name, parameter.default)
            assert made.parameter(f"{table}.{parameter.name}") is parameter


def test_an_experiment_cannot_be_assigned_to() -> None:
    made = experiment()
    with pytest.raises(ValidationError):
        made.run.steps = 3
    with pytest.raises(ValidationError):
        made.run = made.task


@given(experiments(), st.data())
def test_every_wrong_value_is_told_at_once_with_what_is_allowed(made: Experiment, data: st.DataObject) -> None:
    parameters = {f"{table}.{p.name}": p for table in TABLES for p in made.parameters(table) if p.catalog is None}
    keys = data.draw(st.sets(st.sampled_from(sorted(parameters)), min_size=1, max_size=MOST_TOLD))
    changed = made.tables()
    for key in keys:
        table, name = key.split(".")
        changed[table][name] = data.draw(wrong_values(parameters[key]))
    error = mistakes(changed)
    assert {mistake.where: mistake.allowed for mistake in error.mistakes} == {key: parameters[key].allowed for key in keys}
    assert len(error.mistakes) == len(keys)
    assert all(mistake.where in str(error) and mistake.allowed in str(error) for mistake in error.mistakes)


@pytest.mark.parametrize(("table", "name"), CHOICES)
def test_a_mistyped_choice_suggests_the_nearest_and_blames_no_other_key(table: str, name: str) -> None:
    parameter = experiment().parameter(f"{table}.{name}")
    for word in parameter.names:
        beside = {"task": {"name": fitting(word)[0]}} if name == "family" else {}
        beside |= {"network": {"family": family_for(word)}} if table == "task" else {}
        chosen = experiment({**beside, table: {name: word, **({"residual": True} if word == "fixup" else {})}}).tables()[table]
        (mistake,) = mistakes({table: {**chosen, name: word + word[-1]}}).mistakes
        assert (mistake.where, mistake.meant) == (f"{table}.{name}", word)


@given(experiments(), st.data())
def test_a_mistyped_key_suggests_the_nearest(made: Experiment, data: st.DataObject) -> None:
    table = data.draw(st.sampled_from(sorted(TABLES)))
    name = data.draw(st.sampled_from([parameter.name for parameter in made.parameters(table)]))
    (mistake,) = mistakes({table: {**made.tables()[table], f"{name}{name[-1]}": 1}}).mistakes
    assert mistake.meant == name
    assert mistake.allowed == ", ".join(parameter.name for parameter in made.parameters(table))


def test_a_key_of_another_entry_names_the_entries_that_have_it() -> None:
    (mistake,) = mistakes({"optimizer": {"name": "sgd", "betas": [0.9, 0.99]}}).mistakes
    assert mistake.problem == "does not apply here; it belongs to adam, adamw, nadam, radam, lion, muon."


def test_an_unknown_table_and_a_value_for_a_table_are_mistakes() -> None:
    made = mistakes({"netwrok": {}, "run": 3})
    assert [(mistake.where, mistake.meant) for mistake in made.mistakes] == [("netwrok", "network"), ("run", None)]


@given(experiments(), st.sampled_from(CHOICES), st.data())
def test_a_changed_choice_keeps_what_fits_and_takes_defaults_for_the_rest(
    made: Experiment, choice: tuple[str, str], data: st.DataObject
) -> None:
    table, name = choice
    assume(name in made.section(table).values())
    names = fitting(made.network.family) if choice == ("task", "name") else made.parameter(f"{table}.{name}").names
    word = data.draw(st.sampled_from(names))
    before = made.section(table).values()
    asked = {**before, name: word}
    assume(table != "network" or name == "family" or reconciled(asked) == asked)
    changed = made.changed({f"{table}.{name}": word})
    expected = {
        parameter.name: asked[parameter.name]
        if parameter.name in asked and fits(parameter, asked[parameter.name])
        else parameter.default
        for parameter in changed.parameters(table)
    }
    assert changed.section(table).values() == (reconciled(expected) if table == "network" else expected)
    kept = [other for other in TABLES if other != table and (other != "task" or made.task.name in fitting(changed.network.family))]
    assert all(changed.section(other) == made.section(other) for other in kept)


@given(experiments(), experiments())
def test_differences_are_the_changes_that_lead_from_one_to_the_other(one: Experiment, other: Experiment) -> None:
    theirs = {key: value for key, (_, value) in one.differences(other).items() if value is not None}
    assert one.changed(theirs) == other


@given(experiments(), st.data())
def test_a_live_value_changes_alone(made: Experiment, data: st.DataObject) -> None:
    keys = {f"{t}.{p.name}" for t in TABLES for p in made.parameters(t) if p.live and p.catalog is None}
    key = data.draw(st.sampled_from(sorted(keys - ENTANGLED)), label="key")
    value = data.draw(values(made.parameter(key)))
    assert made.changed({key: value}).differences(made).keys() <= {key}


@pytest.fixture
def digits_are_images(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TASKS._by_name, "digits", replace(TASKS["digits"], forms=("image", "tokens")))


@pytest.mark.usefixtures("digits_are_images")
def test_a_task_that_does_not_fit_the_network_is_a_mistake_with_those_that_do() -> None:
    (mistake,) = mistakes({"task": {"name": "digits"}}).mistakes
    assert mistake.where == "task.name"
    assert mistake.problem == "digits gives an image or tokens, which mlp does not take."
    assert mistake.allowed == "one of " + ", ".join(fitting("mlp")) and "digits" not in fitting("mlp")


def test_another_network_takes_the_first_task_that_fits_unless_one_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    made = experiment({"task": {"name": "digits", "loss": "mse"}})
    monkeypatch.setitem(TASKS._by_name, "digits", replace(TASKS["digits"], forms=("image",)))
    changed = made.changed({"network.family": "mlp"})
    assert changed.task == experiment({"task": {"name": "spirals", "loss": "mse"}}).task
    assert made.changed({"network.family": "mlp", "task.name": "sine"}).task.name == "sine"
    with pytest.raises(InvalidExperiment, match="mlp does not take"):
        made.changed({"network.family": "mlp", "task.name": "digits"})
    with pytest.raises(InvalidExperiment, match="no-such"):
        made.changed({"network.family": "no-such"})


@pytest.mark.parametrize(
    ("schedule", "where", "allowed"),
    [
        ({"warmup": 100}, "schedule.warmup", "from 0 to 99"),
        ({"name": "cosine", "period": 99}, "schedule.period", "from 100"),
        ({"name": "one-cycle", "period": 50, "warmup": 40}, "schedule.period", "from 60"),
    ],
)
def test_a_schedule_that_ends_before_the_run_is_a_mistake_with_what_would_fit(
    schedule: dict[str, Any], where: str, allowed: str
) -> None:
    made = {"schedule": schedule, "run": {"steps": 100}}
    (mistake,) = mistakes(made).mistakes
    assert mistake.where == where and allowed in mistake.allowed
    number = int(allowed.split()[-1])
    assert experiment({**made, "schedule": {**schedule, where.split(".")[1]: number}}).run.steps == 100


@pytest.mark.usefixtures("digits_are_images")
def test_what_does_not_fit_together_is_told_beside_what_is_wrong_by_itself() -> None:
    made = mistakes({"task": {"name": "digits"}, "schedule": {"warmup": 9}, "run": {"steps": 5}, "optimizer": {"momentum": 3}})
    assert {mistake.where for mistake in made.mistakes} == {"task.name", "schedule.warmup", "optimizer.momentum"}
    assert len(mistakes({"schedule": {"warmup": 9}, "run": {"steps": 0}}).mistakes) == 1


def test_changes_report_every_bad_key_together() -> None:
    with pytest.raises(InvalidExperiment) as caught:
        experiment().changed({"depth": 3, "optimiser.name": "adam", "network.depht": 3, "run.steps": math.nan})
    assert {mistake.where for mistake in caught.value.mistakes} == {"depth", "optimiser", "network.depht", "run.steps"}


@pytest.mark.parametrize("key", ["depth", "nets.depth", "network.gain", "network."])
def test_a_parameter_that_does_not_apply_is_refused(key: str) -> None:
    with pytest.raises(InvalidExperiment):
        experiment().parameter(key)


@pytest.mark.parametrize(
    ("width", "heads", "fitting"), [(30, 4, "1, 2, 3, 5, 6, 10, 15, 30"), (7, 2, "1, 7"), (128, 48, "1, 2, 4, 8, 16, 32, 64")]
)
def test_heads_divide_the_width(width: int, heads: int, fitting: str) -> None:
    (mistake,) = mistakes({"network": {"family": "transformer", "width": width, "heads": heads}, "task": {"name": "text"}}).mistakes
    assert str(mistake) == f"network.heads: {heads} do not divide a width of {width}. Allowed: {fitting}."
    for fit in fitting.split(", "):
        experiment({"network": {"family": "transformer", "width": width, "heads": int(fit)}, "task": {"name": "text"}})


def test_an_initialization_that_needs_residual_links_says_so() -> None:
    (mistake,) = mistakes({"network": {"initialization": "fixup"}}).mistakes
    assert mistake.where == "network.initialization" and "network.residual = true" in mistake.allowed
    assert "lsuv" in mistake.allowed and "fixup" not in mistake.allowed
    experiment({"network": {"initialization": "fixup", "residual": True}})


@pytest.mark.parametrize("name", ["fixup", "lsuv"])
def test_an_initialization_that_is_not_for_the_family_is_told_with_those_that_are(name: str) -> None:
    (mistake,) = mistakes({"network": {"family": "transformer", "initialization": name}, "task": {"name": "text"}}).mistakes
    assert mistake.where == "network.initialization" and "mlp and cnn only" in mistake.problem
    for fit in mistake.allowed.split(", "):
        experiment({"network": {"family": "transformer", "initialization": fit}, "task": {"name": "text"}})


def test_another_family_keeps_the_width_and_takes_heads_that_divide_it() -> None:
    made = experiment({"network": {"width": 30, "initialization": "lsuv"}}).changed({"network.family": "transformer"})
    assert (made.network.width, made.network.heads, made.network.initialization) == (30, 2, "default")
    with pytest.raises(InvalidExperiment):
        made.changed({"network.width": 33, "network.heads": 2})
