"""Samples of unequal size in theory: each is followed by itself, and squared gradients are added."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logsumexp

from gradtui.core.experiments.experiment import experiment
from gradtui.core.moments import DataMoments
from gradtui.core.theory.depth import predict
from tests.core.test_theory import WIDTH, factors, predicted_of


@given(st.lists(st.tuples(st.floats(1e-6, 1e6), st.floats(0.01, 1)), min_size=1, max_size=20), st.sampled_from([0.0, 1.0]))
def test_where_the_factor_does_not_depend_on_the_signal_sizes_make_no_difference(
    sizes: list[tuple[float, float]], target_square: float
) -> None:
    network = {"depth": 30, "width": WIDTH, "activation": "relu", "initialization": "xavier-normal"}
    prediction = predicted_of(network, 10, DataMoments(sizes=tuple(sizes), target_square=target_square))
    np.testing.assert_allclose(factors(prediction), 1 / 2, rtol=1e-9)


@pytest.mark.parametrize("name", ["silu", "tanh", "elu"])
@pytest.mark.parametrize("normalization", ["none", "layer"])
@pytest.mark.parametrize("residual", [False, True])
def test_squared_gradients_of_all_sizes_are_added(name: str, normalization: str, residual: bool) -> None:
    """Where targets are far larger than outputs, errors are of one size, and so are the gradients at the last layer."""
    network = {"depth": 12, "width": WIDTH, "activation": name, "initialization": "he-normal", "normalization": normalization}
    network["residual"] = residual
    sizes = ((0.1, 0.6), (2.0, 0.3), (40.0, 0.1))
    together = predicted_of(network, 10, DataMoments(sizes=sizes, target_square=1e30))
    alone = [predicted_of(network, 10, DataMoments(sizes=((size, 1.0),))) for size, _ in sizes]
    shares = [share for _, share in sizes]
    squares = np.square([prediction.activation_gradient for prediction in alone])
    np.testing.assert_allclose(together.activation_gradient, np.sqrt(np.average(squares, axis=0, weights=shares)), rtol=1e-6)
    for key in ("preactivation_variance", "slope_square"):
        means = np.average([getattr(prediction, key) for prediction in alone], axis=0, weights=shares)
        np.testing.assert_allclose(getattr(together, key), means, rtol=1e-9)


def test_batch_normalization_takes_samples_as_of_one_size() -> None:
    network = {"depth": 12, "width": WIDTH, "activation": "silu", "initialization": "he-normal", "normalization": "batch"}
    unequal, equal = (DataMoments(sizes=sizes) for sizes in (((0.5, 0.8), (3.0, 0.2)), ((1.0, 1.0),)))
    assert predicted_of(network, 10, unequal) == predicted_of(network, 10, equal)


@pytest.mark.parametrize(("loss", "classes"), [("cross-entropy", 3), ("cross-entropy", 20), ("mse", 3)])
@pytest.mark.parametrize("gain", [0.5, 1.5, 3.0])
def test_large_outputs_make_large_errors(loss: str, classes: int, gain: float) -> None:
    """The share of a size in the whole is that of its errors, which are drawn here, in all."""
    network = {"depth": 5, "width": WIDTH, "activation": "silu", "initialization": "lecun-normal", "gain": gain}
    made = experiment({"network": network, "task": {"name": "spirals", "arms": classes, "loss": loss}})
    sizes, shares = (0.1, 10.0), (0.8, 0.2)
    together, *alone = (
        predict(made, DataMoments(sizes=seen, target_square=1 / classes))
        for seen in (tuple(zip(sizes, shares, strict=True)), *(((size, 1.0),) for size in sizes))
    )
    random, errors = np.random.default_rng(0), []
    z, right = random.standard_normal((2000, classes)), np.eye(classes)[random.integers(classes, size=2000)]
    for prediction in alone:
        hidden = np.sqrt(prediction.preactivation_variance[-1]) * random.standard_normal(100_000)
        outputs = gain * np.sqrt(np.mean(np.square(hidden * expit(hidden)))) * z
        answers = outputs if loss == "mse" else np.exp(outputs - logsumexp(outputs, axis=1, keepdims=True))
        errors.append(np.square(answers - right).mean())
    gradients = np.square([prediction.activation_gradient[0] for prediction in alone])
    expected = math.sqrt(np.average(gradients, weights=np.multiply(shares, errors)))
    assert together.activation_gradient[0] == pytest.approx(expected, rel=0.04)
