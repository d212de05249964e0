"""What each layer of an MLP should show before the first step, by mean-field theory (Poole 2016, Schoenholz 2017).

With wide layers and independent weights, pre-activations are Gaussian: q' = n Var(W) E[phi(sqrt(q) z)^2] + Var(b), z ~ N(0, 1).
A layer passes n Var(W) E[phi'(sqrt(q) z)^2] of the squared gradient back. A normalization divides by its own root of the variance:
over the batch, where what all samples share does not count, E[phi'^2] / Var(phi) are left (Yang 2019); over the units all of it
counts. A residual link adds 1 to what its branch passes (He 2016).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradtui.catalog.activations import ACTIVATIONS, Function
from gradtui.catalog.initializations import INITIALIZATIONS
from gradtui.core.experiments.branches import Place, places
from gradtui.core.experiments.experiment import Experiment, Section

Array = NDArray[np.float64]

_LARGEST = 1e300
_EPS = {"batch": 1e-5, "layer": 1e-5, "rms": float(np.finfo(np.float32).eps)}
"""What PyTorch's normalizations add to the variance."""


@dataclass(frozen=True)
class Prediction:
    """What theory says of the hidden layers, from the one next to the input on.

    `preactivation_variance` is q, after normalization; `activation_square` the mean square of a layer's output;
    `activation_gradient` the norm of dL/dh relative to the last layer's.
    """

    preactivation_variance: tuple[float, ...]
    activation_square: tuple[float, ...]
    activation_gradient: tuple[float, ...]


@dataclass(frozen=True)
class _Signal:
    """What a layer gives to the next one: the mean and the mean square over samples and units."""

    mean: float
    square: float

    def plus(self, branch: _Signal, scale: float) -> _Signal:
        """With a branch added, which is independent of it unit by unit."""
        mean = self.mean + scale * branch.mean
        return _Signal(mean, min(self.square + 2 * scale * self.mean * branch.mean + scale**2 * branch.square, _LARGEST))


def predict(experiment: Experiment, features: int, input_square: float = 1.0, input_mean: float = 0.0) -> Prediction | None:
    """The prediction for an experiment whose `features` inputs have this mean square and mean; None where no theory applies."""
    network = experiment.network
    if network.family != "mlp":
        return None
    variances, squares, factors = [], [], []
    signal, fan_in = _Signal(input_mean, input_square), features
    entered = signal
    for place in places(network, features == network.width):
        if place.opens:
            entered = signal
        q, made, passed = _layer(network, place, signal, fan_in)
        variances.append(q)
        signal, factor, fan_in = made, passed, network.width
        if place.closes:
            signal = entered.plus(made, place.scale)
            factor *= place.scale**2
        squares.append(signal.square)
        factors.append((factor, place))
    return Prediction(tuple(variances), tuple(squares), _relative(factors))


def _layer(network: Section, place: Place, given: _Signal, fan_in: int) -> tuple[float, _Signal, float]:
    """A layer's q, what it makes, and the factor by which it passes the squared gradient back to what it was given."""
    values = network.values()
    initialization = INITIALIZATIONS[network.initialization]
    weight_variance = initialization.spread(fan_in, network.width, values) ** 2
    if initialization.rescaled == "fixup":
        weight_variance *= place.fixup**2
    bias_variance = initialization.bias_variance(fan_in, values)
    if initialization.rescaled == "lsuv":
        weight_variance = 1 / (fan_in * given.square) if given.square else 0.0
    within = given.square - given.mean**2 if network.normalization == "batch" else given.square
    q = min(fan_in * weight_variance * within + (0.0 if network.normalization == "batch" else bias_variance), _LARGEST)
    divisor = q + _EPS[network.normalization] if network.normalization != "none" else 1.0
    q /= divisor
    passed = network.width * weight_variance / divisor
    if not place.activates:
        return q, _Signal(0.0, q), passed
    activation = ACTIVATIONS[network.activation]
    made = _Signal(gaussian_mean(activation.function, q, values), gaussian_square(activation.function, q, values))
    return q, made, passed * gaussian_square(activation.slope, q, values)


def _relative(factors: Sequence[tuple[float, Place]]) -> tuple[float, ...]:
    """Norms of the gradients by the layers' outputs, relative to the last one's, from the factors of the squared gradient."""
    with np.errstate(divide="ignore", over="ignore", under="ignore"):
        squares = [np.float64(0.0)]  # logarithms, from the last layer back
        linked = squares[0]
        for factor, place in reversed(factors[1:]):
            if place.closes:
                linked = squares[-1]
            passed = squares[-1] + np.log(np.float64(factor))
            squares.append(np.logaddexp(linked, passed) if place.opens else passed)
        return tuple(float(np.exp(0.5 * square)) for square in reversed(squares))


def gaussian_mean(function: Function, variance: float, parameters: Mapping[str, Any]) -> float:
    """E[f(sqrt(variance) z)] for z ~ N(0, 1)."""
    return sum(float(weights @ values) for weights, values in _halves(function, variance, parameters))


def gaussian_square(function: Function, variance: float, parameters: Mapping[str, Any]) -> float:
    """E[f(sqrt(variance) z)^2] for z ~ N(0, 1)."""
    with np.errstate(over="ignore", under="ignore"):
        return sum(float(weights @ np.square(values)) for weights, values in _halves(function, variance, parameters))


def _halves(function: Function, variance: float, parameters: Mapping[str, Any]) -> Iterator[tuple[Array, Array]]:
    """Weights and values to integrate a function of a normal variable with, for each side of zero: activations have kinks there."""
    nodes, weights = _half_normal()
    scaled = math.sqrt(variance) * nodes
    with np.errstate(over="ignore", under="ignore"):
        for side in (scaled, -scaled):
            yield weights, function(side, parameters)


@lru_cache(maxsize=1)
def _half_normal() -> tuple[Array, Array]:
    """Gauss-Legendre nodes on (0, 12) and their weights times the normal density."""
    nodes, weights = np.polynomial.legendre.leggauss(400)
    z = 6 * (nodes + 1)
    return z, 6 * weights * np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
