"""Numbers that every step has, gathered until the next frame takes them."""

from __future__ import annotations

from collections.abc import Sequence

from gradtui.core.measured.frame import Spread


class Tally:
    """Gathers one number a step; NaN wins over everything, so nothing non-finite is missed."""

    __slots__ = ("_count", "_high", "_last", "_low", "_total")

    def __init__(self) -> None:
        self._count = 0

    def add(self, value: float) -> None:
        """Take in a step's number."""
        if self._count == 0:
            self._low = self._high = self._total = value
        else:
            self._total += value
            if value < self._low or value != value:
                self._low = value
            if value > self._high or value != value:
                self._high = value
        self._last = value
        self._count += 1

    def numbers(self) -> list[float]:
        """What was gathered and not taken, for `go_on`."""
        return [self._count, self._last, self._low, self._high, self._total] if self._count else []

    def go_on(self, numbers: Sequence[float]) -> None:
        """Go on from what another one had gathered."""
        self._count = int(numbers[0]) if numbers else 0
        if numbers:
            self._last, self._low, self._high, self._total = map(float, numbers[1:])

    def take(self) -> Spread:
        """The spread since the last call, which starts anew. Needs at least one number."""
        mean = self._total / self._count
        spread = Spread(last=self._last, low=self._low, mean=mean, high=self._high, count=self._count)
        self._count = 0
        return spread
