"""Activations: the PyTorch target, and the same function and slope in numpy for the theory."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from gradtui.catalog.entry import Catalog, Entry, Parameter
from gradtui.catalog.late import Late

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = Late("numpy")

Array: TypeAlias = "NDArray[np.float64]"
Function: TypeAlias = "Callable[[Array, Mapping[str, Any]], Array]"

_FLAT = 1 - 0.97**2
_SELU_SCALE, _SELU_ALPHA = 1.0507009873554805, 1.6732632423543772


@dataclass(frozen=True, kw_only=True)
class Activation(Entry):
    """`function` and `slope` map pre-activations to phi and phi'. `range` is given where outputs saturate at both ends; they do
    beyond `ends`.

    `dies` says that the slope is exactly zero on a half-line, so that a unit can stop learning for good.
    """

    function: Function
    slope: Function
    range: tuple[float, float] | None = None
    dies: bool = False

    @cached_property
    def ends(self) -> tuple[float, float]:
        """The outputs between which the slope is above 6 % of its largest one, as tanh's is between -0.97 and 0.97 (Karpathy)."""
        grid = np.linspace(-20, 20, 200_001)
        steep = grid[self.slope(grid, {}) > _FLAT * self.slope(np.zeros(1), {})]
        low, high = self.function(steep[[0, -1]], {})
        return float(low), float(high)


def _sigmoid(q: Array) -> Array:
    return 0.5 * (1 + np.tanh(q / 2))


def _bump(q: Array) -> Array:
    return np.exp(-(q**2) / 2) / math.sqrt(2 * math.pi)


def _cumulative(q: Array) -> Array:
    erf: Callable[[Array], Array] = np.vectorize(math.erf, otypes=[np.float64])
    return 0.5 * (1 + erf(q / math.sqrt(2)))


def _elu(q: Array, alpha: float) -> Array:
    return np.where(q > 0, q, alpha * np.expm1(np.minimum(q, 0)))


def _elu_slope(q: Array, alpha: float) -> Array:
    return np.where(q > 0, 1.0, alpha * np.exp(np.minimum(q, 0)))


ACTIVATIONS = Catalog(
    "activation",
    "The function between two layers; its slope decides how much gradient passes.",
    (
        Activation(
            name="linear",
            summary="No function: depth changes nothing but the gradient's size.",
            target="torch.nn:Identity",
            function=lambda q, _: q,
            slope=lambda q, _: np.ones_like(q),
        ),
        Activation(
            name="sigmoid",
            summary="Slope at most 1/4: every layer takes most of the gradient.",
            target="torch.nn:Sigmoid",
            function=lambda q, _: _sigmoid(q),
            slope=lambda q, _: _sigmoid(q) * (1 - _sigmoid(q)),
            range=(0.0, 1.0),
        ),
        Activation(
            name="tanh",
            summary="Slope 1 at zero, near 0 beyond 3: passes gradients while its inputs stay small.",
            target="torch.nn:Tanh",
            function=lambda q, _: np.tanh(q),
            slope=lambda q, _: 1 - np.tanh(q) ** 2,
            range=(-1.0, 1.0),
        ),
        Activation(
            name="relu",
            summary="Slope 1 or 0: passes gradients whole, but a unit can die.",
            target="torch.nn:ReLU",
            function=lambda q, _: np.maximum(q, 0),
            slope=lambda q, _: (q > 0).astype(np.float64),
            dies=True,
        ),
        Activation(
            name="leaky-relu",
            summary="ReLU with a small slope below zero: units cannot die (Maas 2013).",
            target="torch.nn:LeakyReLU",
            parameters=(Parameter("negative_slope", float, 0.01, "Slope below zero.", minimum=0, maximum=1),),
            function=lambda q, p: np.where(q > 0, q, p["negative_slope"] * q),
            slope=lambda q, p: np.where(q > 0, 1.0, p["negative_slope"]),
        ),
        Activation(
            name="elu",
            summary="Smooth below zero, down to -alpha (Clevert 2016).",
            target="torch.nn:ELU",
            parameters=(Parameter("alpha", float, 1.0, "Depth of the negative side.", above=0, maximum=100),),
            function=lambda q, p: _elu(q, p["alpha"]),
            slope=lambda q, p: _elu_slope(q, p["alpha"]),
        ),
        Activation(
            name="selu",
            summary="ELU scaled to keep unit variance with LeCun weights (Klambauer 2017).",
            target="torch.nn:SELU",
            function=lambda q, _: _SELU_SCALE * _elu(q, _SELU_ALPHA),
            slope=lambda q, _: _SELU_SCALE * _elu_slope(q, _SELU_ALPHA),
        ),
        Activation(
            name="gelu",
            summary="The input times the chance that a normal variable is smaller (Hendrycks & Gimpel 2016).",
            target="torch.nn:GELU",
            function=lambda q, _: q * _cumulative(q),
            slope=lambda q, _: _cumulative(q) + q * _bump(q),
        ),
        Activation(
            name="silu",
            summary="The input times its sigmoid; also called swish.",
            target="torch.nn:SiLU",
            function=lambda q, _: q * _sigmoid(q),
            slope=lambda q, _: _sigmoid(q) * (1 + q * (1 - _sigmoid(q))),
        ),
        Activation(
            name="softplus",
            summary="A smooth ReLU: log(1 + e^q).",
            target="torch.nn:Softplus",
            function=lambda q, _: np.logaddexp(0, q),
            slope=lambda q, _: _sigmoid(q),
        ),
        Activation(
            name="softsign",
            summary="q / (1 + |q|): saturates more slowly than tanh.",
            target="torch.nn:Softsign",
            function=lambda q, _: q / (1 + np.abs(q)),
            slope=lambda q, _: (1 + np.abs(q)) ** -2,
            range=(-1.0, 1.0),
        ),
    ),
)
