"""Curves over steps: copied out of a history, and reduced to one point a column without losing a spike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradtui.core.measured.history import Series
from gradtui.tui.plot.axis import Axis, linear, logarithmic

Array = NDArray[np.float64]

DECADES = 10**1.5
"""Times the smallest value from which the largest one makes an axis logarithmic."""
_ENOUGH = 4
"""Points that a range can be known by."""


@dataclass(frozen=True, eq=False)
class Curve:
    """Points over steps. `points` holds the steps, ascending, and each point's smallest, largest and drawn value.

    Shape [4, points].
    """

    points: Array

    @classmethod
    def of(cls, series: Series, line: Series | None = None) -> Curve:
        """A copy of what a series of single numbers holds now; `line`, of the same points, gives what is drawn between extremes."""
        drawn = series if line is None else line
        return cls(np.stack([series.steps.astype(np.float64), series.low[:, 0], series.high[:, 0], drawn.last[:, 0]]))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Curve) and np.array_equal(self.points, other.points, equal_nan=True)

    __hash__ = None  # type: ignore[assignment]

    def __len__(self) -> int:
        return int(self.points.shape[1])

    @property
    def last_step(self) -> int:
        """The newest point's step, 0 before the first."""
        return int(self.points[0, -1]) if len(self) else 0

    @property
    def lost(self) -> int:
        """Points that hold a number that is not finite."""
        return int(np.count_nonzero(~np.isfinite(self.points[1:]).all(axis=0)))


@dataclass(frozen=True)
class Columns:
    """A curve by column: which columns have points, their lowest, highest and mean place from 0 to 1 (NaN where no value was
    finite), and the columns where a value was not finite.
    """

    column: NDArray[np.int64]
    low: Array
    high: Array
    mean: Array
    lost: NDArray[np.int64]


def columns(curve: Curve, last_step: int, axis: Axis, count: int) -> Columns:
    """Reduce a curve to `count` columns, the first for step 0, the last for `last_step`."""
    column = np.rint(curve.points[0] / last_step * (count - 1)).astype(np.int64)
    starts = np.flatnonzero(np.diff(column, prepend=-1))
    lost = np.unique(column[~np.isfinite(curve.points[1:]).all(axis=0)])
    if not len(starts):
        nothing = np.empty(0)
        return Columns(column, nothing, nothing, nothing, lost)
    low, high, last = _places(curve.points[1:], axis)
    known = np.isfinite(last)
    sums = np.add.reduceat(np.where(known, last, 0.0), starts)
    counts = np.add.reduceat(known.astype(np.float64), starts)
    with np.errstate(invalid="ignore"):
        mean = sums / counts
    return Columns(
        column[starts],
        np.fmin.reduceat(np.fmin(low, last), starts),
        np.fmax.reduceat(np.fmax(high, last), starts),
        mean,
        lost,
    )


def value_axis(curves: Sequence[Curve], log: bool) -> Axis:
    """The range that shows every finite value of these curves, of the positive ones on a logarithmic axis; all but each curve's
    first point where that alone would more than double it.

    On a logarithmic axis the smallest loss of a single step does not count: it may be next to nothing, far below the line.
    """
    return _axis(_extent(curves, log), log)


def spans_decades(curves: Sequence[Curve]) -> bool:
    """Whether the values of these curves are better seen on a logarithmic axis."""
    low, high = _extent(curves, True)
    return high > DECADES * low and _range(curves, False, 0)[0] >= 0


def _axis(extent: tuple[float, float], log: bool) -> Axis:
    return logarithmic(*extent) if log else linear(*extent)


def _extent(curves: Sequence[Curve], log: bool) -> tuple[float, float]:
    """The smallest and the largest value that set the range."""
    whole, rest = (_range(curves, log, first) for first in (0, 1))
    known = sum(int(np.isfinite(curve.points[3, 1:]).sum()) for curve in curves) >= _ENOUGH
    wide, narrow = (axis.high - axis.low for axis in (_axis(whole, log), _axis(rest, log)))
    return rest if known and wide > 2 * narrow else whole


def _range(curves: Sequence[Curve], log: bool, first: int) -> tuple[float, float]:
    """The smallest and the largest finite value from each curve's point `first` on."""

    def known(*rows: int) -> Array:
        values = np.concatenate([curve.points[list(rows), first:].ravel() for curve in curves])
        finite: Array = values[np.isfinite(values)]
        return finite[finite > 0] if log else finite

    low, high = known(3) if log else known(1, 3), known(2, 3)
    highest = float(high.max()) if len(high) else 1.0
    return min(highest, float(low.min())) if len(low) else highest, highest


def _places(values: Array, axis: Axis) -> Array:
    """Where values stand on the axis, from 0 to 1: what `Axis.place` does, for arrays; NaN where they are not finite."""
    finite = np.where(np.isfinite(values), values, np.nan)
    if axis.logarithmic:
        with np.errstate(divide="ignore", invalid="ignore"):
            finite = np.log10(np.maximum(finite, 0.0))
    places: Array = (np.clip(finite, axis.low, axis.high) - axis.low) / (axis.high - axis.low)
    return places
