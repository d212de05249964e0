"""What paired numbers allow to be said: quantiles, the signed-rank test, Holm's correction, and the interval of cross-validation.

Infinite numbers are data here: a run that diverged lost against every run that did not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which this share lies, between its two neighbours in proportion; infinite next to an infinite one."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    low, high = ordered[math.floor(place)], ordered[math.ceil(place)]
    weight = place - math.floor(place)
    if low == high or not weight:
        return low
    return low + (high - low) * weight


def differences(one: Sequence[float], other: Sequence[float], tie: float = 0.0) -> list[float]:
    """Paired differences; zero where both are infinite, or where they differ by less than `tie`."""
    pairs = zip(one, other, strict=True)
    found = [0.0 if a == b else a - b for a, b in pairs]
    return [0.0 if abs(difference) < tie else difference for difference in found]


def beats(one: Sequence[float], other: Sequence[float], tie: float = 0.0) -> float:
    """The share of pairs in which the first is smaller; ties count half."""
    found = differences(one, other, tie)
    return sum(1.0 if difference < 0 else 0.5 if difference == 0 else 0.0 for difference in found) / len(found)


def signed_rank(found: Sequence[float]) -> float:
    """The two-sided p-value of paired differences by Wilcoxon's signed-rank test, exact with ties too; zeros are left out.

    Source: Wilcoxon 1945; the distribution of the ranks' sum over all signs, by adding one rank after the other.
    """
    kept = [difference for difference in found if difference]
    if not kept:
        return 1.0
    sizes = [abs(difference) for difference in kept]
    doubled = [2 * sum(other < size for other in sizes) + sum(other == size for other in sizes) + 1 for size in sizes]
    total, share = sum(doubled), np.zeros(sum(doubled) + 1)
    share[0] = 1.0
    for rank in doubled:
        moved = np.zeros_like(share)
        moved[rank:] = share[: len(share) - rank]
        share = (share + moved) / 2
    positive = sum(rank for rank, difference in zip(doubled, kept, strict=True) if difference > 0)
    smaller = min(positive, total - positive)
    return min(1.0, 2 * float(share[: smaller + 1].sum()))


def least_p(pairs: int) -> float:
    """The smallest p-value that so many pairs allow: that of a test won by all of them."""
    return float(min(1.0, 2.0 ** (1 - pairs)))


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values corrected for their number, in the same order (Holm 1979)."""
    corrected, highest = [0.0] * len(p_values), 0.0
    for rank, at in enumerate(sorted(range(len(p_values)), key=lambda at: p_values[at])):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[at]))
        corrected[at] = highest
    return corrected


def corrected_error(values: Sequence[float], folds: int) -> float:
    """The standard error of a mean over folds and repeats, whose training sets overlap: the variance counts 1/J + 1/(K - 1) instead
    of 1/J, for J values and K folds (Nadeau and Bengio 2003). NaN where a value is not finite.
    """
    if len(values) < 2 or not all(map(math.isfinite, values)):
        return math.nan
    variance = float(np.var(values, ddof=1))
    return math.sqrt((1 / len(values) + 1 / (folds - 1)) * variance)


def interval(values: Sequence[float], folds: int) -> tuple[float, float]:
    """The 95 % interval of a mean over folds and repeats; NaN where a value is not finite."""
    error = corrected_error(values, folds)
    reach = quantile_of_t(0.975, len(values) - 1) * error if math.isfinite(error) else math.nan
    mean = float(np.mean(values))
    return mean - reach, mean + reach


def corrected_t(found: Sequence[float], folds: int) -> float:
    """The two-sided p-value of paired differences over folds and repeats; 1 where one is not finite or all are zero."""
    error = corrected_error(found, folds)
    if not error > 0:
        return 1.0
    return 2 * beyond_t(abs(float(np.mean(found))) / error, len(found) - 1)


def beyond_t(value: float, freedom: int) -> float:
    """The probability that Student's t with so many degrees of freedom is above a value that is not negative.

    By t = tan(a) sqrt(n) the density becomes cos(a)^(n - 1), whose integral over an angle is smooth and bounded.
    """
    angles = np.linspace(0.0, math.pi / 2, 20_001)
    density = np.cos(angles) ** (freedom - 1)
    below = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2)])
    reached = float(np.interp(math.atan(value / math.sqrt(freedom)), angles, below / below[-1]))
    return (1.0 - reached) / 2


def quantile_of_t(share: float, freedom: int) -> float:
    """The value below which Student's t lies with this probability, of at least one half."""
    low, high = 0.0, 1e6
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if 1 - beyond_t(middle, freedom) < share else (low, middle)
    return low
