"""Moments of an activation of a normal variable: what a wide layer makes of pre-activations of any variance."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradtui.catalog.activations import ACTIVATIONS

Array = NDArray[np.float64]

_STEP = 0.1
_DEVIATIONS = 380
"""Standard deviations stand on a grid of steps in their logarithm, so many to each side of 1: from 1e-16 to 1e16."""
_BELOW, _ABOVE = 540, 26
"""Steps from 1 down to where z no longer counts, however wide the pre-activations are, and up to where its density ends."""


class Activated(NamedTuple):
    """E[phi], E[phi^2] and E[phi'^2] of pre-activations sqrt(q) z, z ~ N(0, 1)."""

    mean: Array
    square: Array
    slope_square: Array


def activated(activation: str, values: Mapping[str, Any], variance: Array) -> Activated:
    """What an activation, with its parameters among `values`, makes of pre-activations of these variances q."""
    parameters = tuple((p.name, values[p.name]) for p in ACTIVATIONS[activation].parameters)
    mean, square, slope_square = _read(_grid(activation, parameters), variance)
    return Activated(mean * np.exp(square / 2), np.exp(square), np.exp(slope_square))


@lru_cache(maxsize=64)
def _grid(activation: str, parameters: tuple[tuple[str, Any], ...]) -> Array:
    """The mean by the root of the mean square, and the logarithms of the mean squares of function and slope, by deviation."""
    values, chosen = dict(parameters), ACTIVATIONS[activation]
    with np.errstate(under="ignore", divide="ignore"):
        square = _expected(lambda x: np.square(chosen.function(x, values)))
        slope_square = _expected(lambda x: np.square(chosen.slope(x, values)))
        return np.stack([_expected(lambda x: chosen.function(x, values)) / np.sqrt(square), np.log(square), np.log(slope_square)])


def _expected(f: Callable[[Array], Array]) -> Array:
    """E[f(deviation z)] by deviation.

    In logarithms the integral over z is a convolution with the normal density, and the trapezoidal rule converges faster than any
    power of its step: at a kink in 0 too, as each side has logarithms of its own, and wherever the bend of f lies.
    """
    z = np.exp(_STEP * np.arange(-_BELOW, _ABOVE + 1))
    weights = _STEP * z * np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    x = np.exp(_STEP * np.arange(-_BELOW - _DEVIATIONS, _ABOVE + _DEVIATIONS + 1))
    return np.correlate(f(x) + f(-x), weights, "valid")


def _read(grid: Array, variance: Array) -> Array:
    """Between the points of a grid the cubic through four of them; beyond its ends straight on, as powers go."""
    place = np.log(np.maximum(variance, np.finfo(np.float64).tiny)) / (2 * _STEP) + _DEVIATIONS
    inside = np.clip(place, 1, grid.shape[1] - 2)
    at = inside.astype(np.int64).clip(max=grid.shape[1] - 3)
    t = inside - at
    a, b, c, d = (grid[:, at + step] for step in (-1, 0, 1, 2))
    cubic = b + t * (c - b / 2 - a / 3 - d / 6 + t * ((a + c) / 2 - b + t * ((d - a) / 6 + (b - c) / 2)))
    return np.asarray(cubic + (place - inside) * np.where(place < inside, b - a, d - c))
