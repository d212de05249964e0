"""What each layer of a plain MLP should show before the first step, by mean-field theory (Poole 2016, Schoenholz 2017).

With wide layers and independent weights, pre-activations are Gaussian: q' = n Var(W) E[phi(sqrt(q) z)^2] + Var(b), z ~ N(0, 1).
A layer passes n Var(W) E[phi'(sqrt(q) z)^2] of the squared gradient back.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradtui.catalog.activations import ACTIVATIONS, Function
from gradtui.catalog.initializations import INITIALIZATIONS
from gradtui.core.experiment import Experiment

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Prediction:
    """What theory says of the hidden layers, from the one next to the input on.

    `preactivation_variance` is q; `activation_square` E[phi^2]; `activation_gradient` the norm of dL/dh relative
    to the last layer's.
    """

    preactivation_variance: tuple[float, ...]
    activation_square: tuple[float, ...]
    activation_gradient: tuple[float, ...]


def predict(experiment: Experiment, features: int, input_square: float = 1.0) -> Prediction | None:
    """The prediction for an experiment whose `features` inputs have this mean square; None where no theory applies."""
    network = experiment.network
    if network.family != "mlp" or network.normalization != "none" or network.residual:
        return None
    values = network.values()
    initialization = INITIALIZATIONS[network.initialization]
    activation = ACTIVATIONS[network.activation]
    variances, squares, factors = [], [], []
    square, fan_in = input_square, features
    for _ in range(network.depth):
        weight_variance = initialization.spread(fan_in, network.width, values) ** 2
        q = min(fan_in * weight_variance * square + initialization.bias_variance(fan_in), 1e300)
        square = gaussian_square(activation.function, q, values)
        variances.append(q)
        squares.append(square)
        factors.append(network.width * weight_variance * gaussian_square(activation.slope, q, values))
        fan_in = network.width
    with np.errstate(divide="ignore", over="ignore", under="ignore"):
        ratios = np.exp(0.5 * np.cumsum(np.log(np.array([1.0, *factors[:0:-1]]))))[::-1]
    return Prediction(tuple(variances), tuple(squares), tuple(float(ratio) for ratio in ratios))


def gaussian_square(function: Function, variance: float, parameters: Mapping[str, Any]) -> float:
    """E[f(sqrt(variance) z)^2] for z ~ N(0, 1), integrated on each side of zero, where activations have their kinks."""
    nodes, weights = _half_normal()
    scaled = math.sqrt(variance) * nodes
    with np.errstate(over="ignore", under="ignore"):
        return float(sum(weights @ np.square(function(side, parameters)) for side in (scaled, -scaled)))


@lru_cache(maxsize=1)
def _half_normal() -> tuple[Array, Array]:
    """Gauss-Legendre nodes on (0, 12) and their weights times the normal density."""
    nodes, weights = np.polynomial.legendre.leggauss(400)
    z = 6 * (nodes + 1)
    return z, 6 * weights * np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
