"""The history: frames kept in bounded memory, ready to plot."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gradtui.core.measured.frame import Frame, Spread

Array = NDArray[np.float64]

CAPACITY = 2048
"""Points kept of a number per step; older neighbours are merged two by two when it is full."""
LAYER_CAPACITY = 256
"""Points kept of a number per layer."""


class Series:
    """Numbers over steps in bounded memory. Merging keeps each point's last value, minimum and maximum, so no spike is lost.

    `width` numbers a point (1, or one per layer); NaN stands for both NaN and not measured in `last`.
    """

    def __init__(self, width: int = 1, capacity: int = CAPACITY) -> None:
        self._steps = np.zeros(capacity, dtype=np.int64)
        self._values = np.zeros((3, capacity, width))
        self._count = 0
        self._stride = 1
        self._open = 0

    def __len__(self) -> int:
        return self._count

    @property
    def steps(self) -> NDArray[np.int64]:
        """The last step of each point, ascending. Shape [points]."""
        return self._steps[: self._count]

    @property
    def last(self) -> Array:
        """The last value of each point. Shape [points, width]."""
        return self._values[0, : self._count]

    @property
    def low(self) -> Array:
        """The smallest value of each point; NaN where one was NaN. Shape [points, width]."""
        return self._values[1, : self._count]

    @property
    def high(self) -> Array:
        """The largest value of each point; NaN where one was NaN. Shape [points, width]."""
        return self._values[2, : self._count]

    def add(self, step: int, last: Array | float, low: Array | float | None = None, high: Array | float | None = None) -> None:
        """Append a point; the newest point absorbs it until it stands for as many points as the older ones do."""
        low, high = (last if low is None else low), (last if high is None else high)
        if 0 < self._open < self._stride:
            at = self._count - 1
            self._values[1, at] = np.minimum(self._values[1, at], low)
            self._values[2, at] = np.maximum(self._values[2, at], high)
            self._open += 1
        else:
            if self._count == len(self._steps):
                self._halve()
            at = self._count
            self._values[1, at], self._values[2, at] = low, high
            self._count += 1
            self._open = 1
        self._values[0, at] = last
        self._steps[at] = step

    def until(self, step: int) -> Series:
        """A copy of the points up to a step."""
        capacity, width = self._values.shape[1:]
        made = Series(width, capacity)
        made._count = count = int(np.searchsorted(self.steps, step, side="right"))
        made._steps[:count], made._values[:, :count] = self._steps[:count], self._values[:, :count]
        made._stride, made._open = self._stride, self._stride if count < self._count else self._open
        return made

    def _halve(self) -> None:
        half = self._count // 2
        self._steps[:half] = self._steps[1 : 2 * half : 2]
        self._values[0, :half] = self._values[0, 1 : 2 * half : 2]
        for row, merge in ((1, np.minimum), (2, np.maximum)):
            self._values[row, :half] = merge(self._values[row, 0 : 2 * half : 2], self._values[row, 1 : 2 * half : 2])
        self._count, self._stride = half, 2 * self._stride


_SERIES = ("loss", "mean_loss", "gradient_norm", "validation_loss", "validation_accuracy", "learning_rate")


@dataclass
class History:
    """What a run has shown so far: series of the loss and its companions, of every layer quantity, and the newest frames.

    A point of `mean_loss` is the mean over the steps since the frame before.
    """

    loss: Series = field(default_factory=Series)
    mean_loss: Series = field(default_factory=Series)
    gradient_norm: Series = field(default_factory=Series)
    validation_loss: Series = field(default_factory=Series)
    validation_accuracy: Series = field(default_factory=Series)
    learning_rate: Series = field(default_factory=Series)
    layers: dict[str, Series] = field(default_factory=dict)
    first: Frame | None = None
    newest: Frame | None = None
    last: Frame | None = None
    finite: Frame | None = None

    def add(self, frame: Frame) -> None:
        """Take in a frame. `newest` is that frame as it came, `last` the same completed from those before it, and
        `finite` is the newest `last` of a step whose loss and gradient were numbers.
        """
        self._add_spread(self.loss, frame.step, frame.loss)
        self.mean_loss.add(frame.step, frame.loss.mean)
        self._add_spread(self.gradient_norm, frame.step, frame.gradient_norm)
        self.learning_rate.add(frame.step, frame.learning_rate)
        if frame.validation_loss is not None:
            self.validation_loss.add(frame.step, frame.validation_loss)
        if frame.validation_accuracy is not None:
            self.validation_accuracy.add(frame.step, frame.validation_accuracy)
        for name, values in frame.layers.items():
            if any(value is not None for value in values):
                if name not in self.layers:
                    self.layers[name] = Series(len(values), LAYER_CAPACITY)
                self.layers[name].add(frame.step, np.array([np.nan if v is None else v for v in values]))
        self.first = self.first or frame
        self.newest = frame
        self.last = frame if self.last is None else frame.completed(self.last)
        if math.isfinite(frame.loss.last) and math.isfinite(frame.gradient_norm.last):
            self.finite = self.last

    def until(self, step: int) -> History:
        """What was shown up to a step; itself where nothing was after it. Of the newest frames none is known then."""
        if self.newest is None or self.newest.step <= step:
            return self
        kept = History(first=self.first if self.first and self.first.step <= step else None)
        for name in _SERIES:
            setattr(kept, name, getattr(self, name).until(step))
        kept.layers = {name: series.until(step) for name, series in self.layers.items()}
        return kept

    @staticmethod
    def _add_spread(series: Series, step: int, spread: Spread) -> None:
        series.add(step, spread.last, spread.low, spread.high)
