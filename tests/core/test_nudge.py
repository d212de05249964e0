from __future__ import annotations

import math
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from gradtui.catalog.optimizers import OPTIMIZERS
from gradtui.catalog.tables import TABLES
from gradtui.core.experiments.experiment import Experiment, experiment
from gradtui.core.experiments.nudge import leapt, nudged
from tests.strategies import ENTANGLED, experiments, reconciled

RATE = experiment().parameter("optimizer.learning_rate")


@given(experiments(), st.data(), st.sampled_from([-1, 1]))
def test_a_nudged_value_is_allowed_and_on_the_right_side(made: Experiment, data: st.DataObject, direction: int) -> None:
    key = data.draw(st.sampled_from([f"{table}.{p.name}" for table in TABLES for p in made.parameters(table)]))
    parameter, value = made.parameter(key), made.value(key)
    moved = nudged(parameter, value, direction)
    table, _, name = key.partition(".")
    asked = {**made.section(table).values(), name: moved}
    assume(table != "network" or name == "family" or reconciled(asked) == asked)
    if key not in ENTANGLED:
        assert made.changed({key: moved}).value(key) == moved
    if parameter.type in (int, float):
        assert (moved - value) * direction >= 0


@given(st.integers(-9, 2), st.sampled_from([-1, 1]))
def test_three_nudges_or_one_leap_are_a_decade_of_a_logarithmic_value(decade: int, direction: int) -> None:
    value: Any = float(f"1e{decade}")
    for _ in range(3):
        value = nudged(RATE, value, direction)
    assert value == leapt(RATE, float(f"1e{decade}"), direction) == float(f"1e{decade + direction}")


@given(st.floats(1e-300, 400))
def test_a_logarithmic_value_goes_to_the_nearest_of_one_two_and_five(value: float) -> None:
    up, down = nudged(RATE, value, 1), nudged(RATE, value, -1)
    assert down < value < up and f"{up:.0e}"[0] in "125" and f"{down:.0e}"[0] in "125"
    assert up / value < 2.51 and value / down < 2.51
    between = [float(f"{digit}e{power}") for power in range(-310, 4) for digit in (1, 2, 5)]
    assert not any(down * 1.00001 < number < up * 0.99999 and abs(number / value - 1) > 1e-5 for number in between)


@given(st.floats(1e-9, 900))
def test_up_and_down_again_come_back_to_the_round_value(value: float) -> None:
    up = nudged(RATE, value, 1)
    there_and_back = nudged(RATE, nudged(RATE, up, -1), 1)
    assert there_and_back == up


def test_choices_stop_at_both_ends() -> None:
    name = experiment().parameter("optimizer.name")
    value: Any = "sgd"
    seen = [value]
    while (value := nudged(name, value, 1)) != seen[-1]:
        seen.append(value)
    assert seen == list(OPTIMIZERS)
    assert nudged(name, "sgd", -1) == "sgd"


def test_a_logarithmic_value_leaves_zero() -> None:
    decay = experiment().parameter("optimizer.weight_decay")
    assert nudged(decay, 0.0, -1) == 0.0
    assert math.isfinite(nudged(decay, 0.0, 1)) and nudged(decay, 0.0, 1) > 0


def test_what_must_divide_another_value_doubles_and_halves() -> None:
    heads = experiment({"network": {"family": "transformer"}, "task": {"name": "text"}}).parameter("network.heads")
    assert [nudged(heads, value, direction) for value in (4, 1, 64) for direction in (-1, 1)] == [2, 8, 1, 2, 32, 64]
