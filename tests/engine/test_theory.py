"""Theory against measurement: 256 units wide, where mean-field theory holds, and several seeds at once in lanes."""

import numpy as np
import pytest

from gradtui.engine.trainer import prepare
from tests.engine import plain


def ratios(lanes=8, **network):
    """Predicted and measured |dL/dh| of each hidden layer over the last one's, squared; measured as the mean over seeds."""
    made = [
        plain.of(
            {
                "network": {"depth": 10, "width": 256, **network},
                "task": {"name": "uniform", "samples": 64, "features": 256, "loss": "mse"},
                "run": {"steps": 1, "seed": seed, "batch_size": 0},
            }
        )
        for seed in range(lanes)
    ]
    training = prepare(made)
    norms = np.array([frame.layers["activation_gradient"][:-1] for frame in training.frames()])
    predicted = np.array([lane[:-1] for lane in training.predicted], dtype=float)
    return predicted.mean(0), np.sqrt(((norms / norms[:, -1:]) ** 2).mean(0))


@pytest.mark.parametrize(
    ("network", "first", "tolerance"),
    [
        ({"activation": "sigmoid", "initialization": "default"}, 2.26e-8, 0.05),
        ({"activation": "sigmoid", "initialization": "xavier-normal"}, 2.26e-6, 0.1),
        ({"activation": "tanh", "initialization": "default"}, 6.5e-3, 0.1),
        ({"activation": "tanh", "initialization": "xavier-normal"}, None, 0.1),
        ({"activation": "relu", "initialization": "xavier-normal"}, 2**-4.5, 0.25),
        ({"activation": "relu", "initialization": "he-normal"}, 1.0, 0.25),
        ({"activation": "selu", "initialization": "lecun-normal"}, None, 0.15),
        ({"activation": "gelu", "initialization": "he-uniform"}, None, 0.25),
        ({"activation": "linear", "initialization": "orthogonal"}, 1.0, 1e-4),
    ],
)
def test_gradients_over_depth(network, first, tolerance):
    predicted, measured = ratios(**network)
    assert measured == pytest.approx(predicted, rel=tolerance)
    if first is not None:
        assert predicted[0] == pytest.approx(first, rel=0.05)


def test_thirty_layers_of_relu():
    predicted, measured = ratios(4, activation="relu", initialization="xavier-normal", depth=30)
    assert predicted[0] == pytest.approx(2**-14.5)
    assert measured[0] == pytest.approx(predicted[0], rel=0.7), "finite width: a variance of (1 + 5/n)^L (Hanin & Rolnick 2018)"


def test_no_prediction_where_no_theory_applies():
    training = prepare([plain.of({"network": {"normalization": "batch"}})])
    assert training.predicted == ((None,) * 4,)
    assert prepare([plain.of({})]).predicted[0][-2:] == (1.0, None)
