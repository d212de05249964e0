from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradtui.core.experiments.experiment import Experiment, experiment
from gradtui.core.theory.over_time import SHOWN, predict_over_time, shown_steps
from tests.strategies import experiments


@given(st.integers(1, 10_000))
def test_shown_time_steps_are_even_and_hold_both_ends(time_steps: int) -> None:
    shown = shown_steps(time_steps)
    assert len(shown) == min(time_steps, SHOWN)
    assert (shown[0], shown[-1]) == (0, time_steps - 1)
    gaps = {later - earlier for earlier, later in pairwise(shown)}
    assert not gaps or (min(gaps) > 0 and max(gaps) - min(gaps) <= 1)


@given(experiments())
def test_a_prediction_is_whole_or_absent(made: Experiment) -> None:
    predicted = predict_over_time(made)
    assert not predicted or None not in predicted or set(predicted) == {None}
    if predicted and predicted[-1] is not None:
        assert predicted[-1] == 1.0


@pytest.mark.parametrize(
    ("network", "factor"),
    [
        ({"family": "rnn", "recurrent": "orthogonal", "recurrent_gain": 0.9}, 0.9),
        ({"family": "rnn", "recurrent": "identity", "recurrent_gain": 1.1}, 1.1),
        ({"family": "rnn", "initialization": "orthogonal", "gain": 1.2}, 1.2),
        ({"family": "rnn", "recurrent": "orthogonal", "recurrent_gain": 1000.0}, 1000.0),
        ({"family": "irnn"}, 1.0),
    ],
)
def test_a_linear_network_with_one_gain(network: dict[str, object], factor: float) -> None:
    made = experiment({"network": {**network, "activation": "linear"}, "task": {"name": "adding", "length": 200}})
    predicted = predict_over_time(made)
    assert predicted[-2:] == (pytest.approx(factor), 1.0)
    expected = 199 * math.log10(factor)
    first = predicted[0]
    assert first is not None
    assert first == math.inf if expected > 308 else math.log10(first) == pytest.approx(expected)
