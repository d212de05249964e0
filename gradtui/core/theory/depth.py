"""What each layer of an MLP should show before the first step, by mean-field theory (Poole 2016, Schoenholz 2017).

With wide layers and independent weights, pre-activations are Gaussian: q' = n Var(W) E[phi(sqrt(q) z)^2] + Var(b), z ~ N(0, 1).
A layer passes n Var(W) E[phi'(sqrt(q) z)^2] of the squared gradient back. Samples differ in size, and activations that are no power
make more of the difference at every layer, so each size is followed by itself and the squared gradients are added.

A normalization divides by its own root of the variance. Over the units it is each sample's own and all of it counts. Over the batch
what all samples share does not, and E[phi'^2] / Var(phi) are left (Yang 2019); how much they share is known for samples of one size
alone, so there they are taken as such. A residual link adds 1 to what its branch passes (He 2016).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gradtui.catalog.initializations import INITIALIZATIONS
from gradtui.catalog.normalizations import NORMALIZATIONS
from gradtui.catalog.tasks import TASKS
from gradtui.core.experiments.branches import Place, places
from gradtui.core.experiments.experiment import Experiment, Section
from gradtui.core.moments import STANDARDIZED, DataMoments
from gradtui.core.theory.gaussian import Activated, Array, activated

_LARGEST = 1e300


@dataclass(frozen=True)
class Prediction:
    """What theory says of the hidden layers, from the one next to the input on.

    `preactivation_variance` is q, after normalization, and `slope_square` is E[phi'^2], both as means over the samples;
    `activation_gradient` is the norm of dL/dh relative to the last layer's.
    """

    preactivation_variance: tuple[float, ...]
    slope_square: tuple[float, ...]
    activation_gradient: tuple[float, ...]


@dataclass(frozen=True)
class _Signal:
    """What a layer gives to the next one: mean and mean square over the units, by size of sample."""

    mean: Array
    square: Array

    def plus(self, branch: _Signal, scale: float) -> _Signal:
        """With a branch added, which is independent of it unit by unit."""
        mean = self.mean + scale * branch.mean
        square = self.square + 2 * scale * self.mean * branch.mean + scale**2 * branch.square
        return _Signal(mean, square.clip(max=_LARGEST))


def predict(experiment: Experiment, data: DataMoments = STANDARDIZED) -> Prediction | None:
    """The prediction for an experiment on data with these moments; None where no theory applies."""
    network = experiment.network
    if network.family != "mlp":
        return None
    fan_in = TASKS[experiment.task.name].features(experiment.task.values())
    sizes, shares = np.array(data.sizes).T
    if NORMALIZATIONS[network.normalization].over_batch:
        sizes, shares = np.array([shares @ sizes]), np.ones(1)
    signal = entered = _Signal(np.full_like(sizes, data.mean), sizes)
    variances, slopes, factors = [], [], []
    with np.errstate(over="ignore", under="ignore", divide="ignore"):
        for place in places(network, fan_in == network.width):
            if place.opens:
                entered = signal
            variance, factor, made = _layer(network, place, signal, shares, fan_in)
            signal, fan_in = _Signal(made.mean, made.square), network.width
            if place.closes:
                signal = entered.plus(signal, place.scale)
                factor = factor * place.scale**2
            variances.append(float(shares @ variance))
            slopes.append(float(shares @ made.slope_square))
            factors.append((np.log(factor), place))
        weights = np.log(shares * _error_square(experiment, signal.square, shares, data.target_square))
        return Prediction(tuple(variances), tuple(slopes), _relative(factors, weights))


def _layer(network: Section, place: Place, given: _Signal, shares: Array, fan_in: int) -> tuple[Array, Array, Activated]:
    """A layer's q, the factor by which it passes the squared gradient back to what it was given, and what it makes."""
    weight_variance, bias_variance = _variances(network, float(shares @ given.square), fan_in, network.width, place.fixup)
    normalization = NORMALIZATIONS[network.normalization]
    if normalization.over_batch:
        within, bias_variance = given.square - given.mean**2, 0.0
    else:
        within = given.square
    q = (fan_in * weight_variance * within + bias_variance).clip(0, _LARGEST)
    divisor = q + normalization.eps if normalization.target else 1.0
    q = q / divisor
    plain = Activated(np.zeros_like(q), q, np.ones_like(q))
    made = activated(network.activation, network.values(), q) if place.activates else plain
    return q, network.width * weight_variance / divisor * made.slope_square, made


def _variances(network: Section, square: float, fan_in: int, fan_out: int, fixup: float = 1.0) -> tuple[float, float]:
    """The variance of a weight and of a bias of a layer whose inputs have this mean square."""
    values = network.values()
    initialization = INITIALIZATIONS[network.initialization]
    weight = initialization.spread(fan_in, fan_out, values) ** 2
    if initialization.rescaled == "fixup":
        weight *= fixup**2
    if initialization.rescaled == "lsuv":
        weight = 1 / (fan_in * square) if square else 0.0
    return weight, initialization.bias_variance(fan_in, values)


def _error_square(experiment: Experiment, squares: Array, shares: Array, target_square: float) -> Array:
    """The squared gradient by the outputs, up to a factor, from the mean squares of what the output layer is given.

    Large outputs make large errors. Softmax of C outputs of variance q has squares that sum to about (1 + q)/(C + q): that is
    exact where q is small or large, and between them the error is wrong by less than a tenth.
    """
    network, task = experiment.network, experiment.task
    outputs = TASKS[task.name].outputs(task.values())
    weight_variance, bias_variance = _variances(network, float(shares @ squares), network.width, outputs)
    q = (network.width * weight_variance * squares + bias_variance).clip(max=_LARGEST)
    error: Array = q + target_square if task.loss == "mse" else (1 + q) / (outputs + q) + 1 - 2 / outputs
    return error.clip(min=np.finfo(np.float64).tiny)


def _relative(factors: Sequence[tuple[Array, Place]], weights: Array) -> tuple[float, ...]:
    """Norms of the gradients by the layers' outputs, relative to the last one's, from logarithms of the factors of the squared
    gradient by size of sample, and of the sizes' weights in it.
    """
    squares = [np.zeros_like(weights)]
    linked = squares[0]
    for factor, place in reversed(factors[1:]):
        if place.closes:
            linked = squares[-1]
        passed = squares[-1] + factor
        squares.append(np.logaddexp(linked, passed) if place.opens else passed)
    sums = [np.logaddexp.reduce(weights + square) for square in reversed(squares)]
    return tuple(float(np.exp(0.5 * (total - sums[-1]))) for total in sums)
