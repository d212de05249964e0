from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import erfcx

from gradtui.catalog.activations import ACTIVATIONS
from gradtui.core.theory.gaussian import activated

PARAMETERS: dict[str, dict[str, Any]] = {"leaky-relu": {"negative_slope": 0.2}, "elu": {"alpha": 1.0}}
HALF_A_DIGIT = 0.5e-4
"""The table has four decimals."""
CLOSE = 1e-5
"""Far below the one percent to which networks of any size that can be trained agree with theory."""


def moments(name: str, variance: float, **values: Any) -> tuple[float, float, float]:
    made = activated(name, {**PARAMETERS.get(name, {}), **values}, np.array([variance]))
    return made.mean.item(), made.square.item(), made.slope_square.item()


def integral(f: Callable[[Any], Any], deviation: float) -> float:
    """E[f(deviation z)] by Gauss-Legendre, on pieces that double from where f bends to where the density ends."""
    pieces = np.array([0.0, *(2.0**k * min(1, 1 / deviation) / 4 for k in range(64))])
    ends = np.append(pieces[pieces < 12], 12.0)
    nodes, weights = np.polynomial.legendre.leggauss(40)
    half = np.diff(ends)[:, None] / 2
    z = ends[:-1, None] + half * (nodes + 1)
    density = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    return float(np.sum(half * weights * density * (f(deviation * z) + f(-deviation * z))))


@pytest.mark.parametrize(
    ("name", "slope_square", "square"),
    [
        ("linear", 1, 1),
        ("sigmoid", 0.0448, 0.2934),
        ("tanh", 0.4644, 0.3943),
        ("relu", 1 / 2, 1 / 2),
        ("leaky-relu", 1.04 / 2, 1.04 / 2),
        ("elu", 0.6681, 0.6449),
        ("selu", 1.0716, 1.0000),
        ("gelu", 0.4559, 0.4252),
        ("silu", 0.3795, 0.3558),
    ],
)
def test_mean_squares_at_unit_variance(name: str, slope_square: float, square: float) -> None:
    assert moments(name, 1.0)[1:] == pytest.approx((square, slope_square), abs=HALF_A_DIGIT)


@settings(max_examples=200)
@given(st.sampled_from(sorted(ACTIVATIONS)), st.floats(-30, 30), st.floats(0, 1), st.floats(0.01, 100))
def test_moments_equal_piecewise_integration(name: str, decades: float, negative_slope: float, alpha: float) -> None:
    values, activation, deviation = {"negative_slope": negative_slope, "alpha": alpha}, ACTIVATIONS[name], 10 ** (decades / 2)
    mean = integral(lambda x: activation.function(x, values), deviation)
    square, slope_square = (integral(lambda x, f=f: f(x, values) ** 2, deviation) for f in (activation.function, activation.slope))
    got = moments(name, deviation**2, **values)
    assert got[1:] == pytest.approx((square, slope_square), rel=CLOSE)
    assert got[0] == pytest.approx(mean, abs=CLOSE * math.sqrt(square))


@pytest.mark.parametrize(("name", "area"), [("tanh", 4 / 3), ("sigmoid", 1 / 6), ("softsign", 2 / 3)])
@pytest.mark.parametrize("variance", [1e8, 1e20, 1e30])
def test_a_slope_narrower_than_its_pre_activations_counts_with_its_area(name: str, area: float, variance: float) -> None:
    """E[phi'^2] tends to the integral of phi'^2 times the density in 0."""
    assert moments(name, variance)[2] == pytest.approx(area / math.sqrt(2 * math.pi * variance), rel=1e-3)


@pytest.mark.parametrize("variance", [1e-12, 0.3, 1.0, 50.0, 1e12])
def test_closed_forms(variance: float) -> None:
    deviation = math.sqrt(variance)
    assert moments("relu", variance) == pytest.approx((deviation / math.sqrt(2 * math.pi), variance / 2, 1 / 2), rel=1e-9)
    assert moments("gelu", variance)[0] == pytest.approx(variance / math.sqrt(2 * math.pi * (1 + variance)), rel=CLOSE)
    assert moments("elu", variance)[2] == pytest.approx(1 / 2 + erfcx(math.sqrt(2) * deviation) / 2, rel=CLOSE)


def test_moments_of_many_variances_are_those_of_each() -> None:
    variances = np.array([[1e-20, 1e-3], [1.0, 1e25]])
    for at, variance in np.ndenumerate(variances):
        assert [moment[at] for moment in activated("silu", {}, variances)] == list(moments("silu", variance))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_beyond_all_bounds_moments_go_on_as_powers(name: str) -> None:
    for near, far in ((1e-40, 1e-60), (1e40, 1e60)):
        power = [math.log(b / a) for a, b in zip(moments(name, near)[1:], moments(name, far)[1:], strict=True)]
        further = [math.log(b / a) for a, b in zip(moments(name, far)[1:], moments(name, far**2 / near)[1:], strict=True)]
        assert further == pytest.approx(power, abs=1e-6)
        assert all(math.isfinite(moment) for moment in moments(name, 0.0))
