from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradtui.catalog.tasks import TASKS
from gradtui.core.experiments.cost import bytes_in_words, cost, evaluated, stride
from gradtui.core.experiments.experiment import Experiment, experiment
from tests.strategies import experiments


@pytest.mark.parametrize(
    ("network", "weights"),
    [
        ({"depth": 1, "width": 10}, 10 * 10 + 10 + 10 + 1),
        ({"depth": 3, "width": 10}, 10 * 10 + 10 + 2 * (10 * 10 + 10) + 10 + 1),
        ({"depth": 3, "width": 10, "normalization": "batch"}, 10 * 10 + 2 * (10 * 10) + 3 * 20 + 10 + 1),
        ({"depth": 3, "width": 10, "normalization": "layer"}, 10 * 10 + 10 + 2 * (10 * 10 + 10) + 3 * 20 + 10 + 1),
    ],
)
def test_weights_are_those_of_every_layer(network: dict[str, object], weights: int) -> None:
    made = experiment({"network": network, "task": {"name": "uniform", "features": 10}, "run": {"batch_size": 7}})
    assert cost(made).weights == weights
    assert cost(made).operations == 6 * weights * 7


@pytest.mark.parametrize(("family", "gates"), [("rnn", 1), ("irnn", 1), ("gru", 3), ("lstm", 4)])
def test_a_recurrent_network_costs_its_time_steps(family: str, gates: int) -> None:
    network = {"family": family, "depth": 2, "width": 10}
    made = experiment({"network": network, "task": {"name": "adding", "length": 50}, "run": {"batch_size": 7}})
    recurrent = gates * ((2 * 10 + 10) + (10 * 10 + 10) + 2 * (10 * 10 + 10))
    assert cost(made).weights == recurrent + 11
    assert cost(made).operations == 6 * 7 * (50 * recurrent + 11)


@pytest.mark.parametrize("name", ["adding", "copy", "parity"])
def test_length_costs_memory(name: str) -> None:
    short, long = (experiment({"network": {"family": "lstm"}, "task": {"name": name, "length": length}}) for length in (100, 1000))
    assert cost(long).memory > 9 * cost(short).memory


def test_the_largest_network_is_known_not_to_fit_before_anything_is_allocated() -> None:
    made = experiment({"network": {"depth": 200, "width": 4096}})
    weights = 199 * 4096**2
    assert weights < cost(made).weights < 1.01 * weights
    assert cost(made).memory > 4 * 4 * weights
    assert stride(made) == 1


@pytest.mark.parametrize(("depth", "rows"), [(2, 64), (5, 64)])
def test_a_convolution_multiplies_at_every_pixel(depth: int, rows: int) -> None:
    made = experiment(
        {"network": {"family": "cnn", "depth": depth, "width": 8}, "task": {"name": "digits"}, "run": {"batch_size": 7}}
    )
    kernels, out = 9 * 8 + (depth - 1) * 9 * 8 * 8 + depth * 8, 8 * 10 + 10
    assert cost(made).weights == kernels + out
    assert cost(made).operations == 6 * 7 * (64 * kernels + out)


def test_a_transformer_multiplies_at_every_step_and_for_every_pair_of_steps() -> None:
    one, two = (
        cost(
            experiment(
                {
                    "network": {"family": "transformer", "positions": "fixed", "width": 64, "depth": 1},
                    "task": {"name": "text", "length": length},
                    "run": {"batch_size": 3},
                }
            )
        )
        for length in (100, 200)
    )
    assert one.weights == two.weights
    pairs = 6 * 3 * 2 * 64 * (200**2 - 2 * 100**2)
    assert two.operations - 2 * one.operations == pairs


@given(experiments())
def test_memory_holds_weights_gradients_state_and_data(made: Experiment) -> None:
    known = cost(made)
    samples = TASKS[made.task.name].count(made.task.values())
    assert known.memory >= 4 * (3 * known.weights + samples)
    assert known.operations >= 6 * known.weights


@given(experiments())
def test_a_run_is_sampled_at_least_every_hundred_steps(made: Experiment) -> None:
    assert 1 <= stride(made) <= 100


@given(experiments(), st.integers(1, 10**6))
def test_the_evaluation_at_the_end_costs_a_twentieth_of_the_run_or_1024_samples(made: Experiment, steps: int) -> None:
    """Forward and backward, a step costs three times what its samples cost forward."""
    batch = min(made.run.batch_size or math.inf, TASKS[made.task.name].count(made.task.values()))
    forward = cost(made).operations / 3 / batch
    both_sets = 2 * evaluated(made, steps) * forward
    assert evaluated(made, steps) == 1024 or both_sets <= steps * cost(made).operations / 20 < both_sets + 2 * forward


@pytest.mark.parametrize(("steps", "expected"), [(1, 10), (2000, 10), (50_000, 50), (100_000, 100), (10**9, 100)])
def test_a_run_of_short_steps_is_sampled_about_a_thousand_times(steps: int, expected: int) -> None:
    assert stride(experiment({"run": {"steps": steps}})) == expected


@given(st.integers(0, 10**15 - 10**12))
def test_a_size_has_at_most_three_digits_and_its_unit(size: int) -> None:
    shown = bytes_in_words(size)
    match = re.fullmatch(r"(\d{1,4}|\d{1,2}\.\d{1,2}) ([kMGT]B)", shown)
    assert match, shown
    scale = {"kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}[match[2]]
    assert float(match[1]) * scale == pytest.approx(size, rel=0.006, abs=1000)
