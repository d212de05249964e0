"""Makes frames of what steps leave: nothing between two of them is missed."""

from __future__ import annotations

from collections.abc import Sequence

from gradtui.core.measured.frame import Frame
from gradtui.engine.probes import Measured
from gradtui.engine.training.evaluation import Evaluation
from gradtui.engine.training.tally import Tally


class Recorder:
    """Counts every step's loss and gradient norm in each lane, and turns them and the probes' answers into frames."""

    def __init__(self, lanes: int) -> None:
        self._names = list(range(lanes))
        self._losses = [Tally() for _ in range(lanes)]
        self._norms = [Tally() for _ in range(lanes)]
        self._last: tuple[int, float] | None = None

    def add(self, losses: Sequence[float], norms: Sequence[float]) -> None:
        """Take in a step's losses and total gradient norms, by lane."""
        for tally, loss in zip(self._losses, losses, strict=True):
            tally.add(loss)
        for tally, norm in zip(self._norms, norms, strict=True):
            tally.add(norm)

    def keep(self, places: Sequence[int]) -> None:
        """Go on with these lanes alone, which keep their names."""
        self._names = [self._names[place] for place in places]
        self._losses = [self._losses[place] for place in places]
        self._norms = [self._norms[place] for place in places]

    def gathered(self) -> list[list[float]]:
        """What was counted since the last frames, for `go_on`."""
        return [tally.numbers() for tally in (*self._losses, *self._norms)]

    def go_on(self, gathered: Sequence[Sequence[float]]) -> None:
        """Go on from what another one had counted."""
        for tally, numbers in zip((*self._losses, *self._norms), gathered, strict=True):
            tally.go_on(numbers)

    def frames(
        self,
        lanes: Sequence[int],
        step: int,
        clock: float,
        rates: Sequence[float],
        measured: Sequence[Measured],
        over_time: Sequence[tuple[float, ...]],
        evaluation: Evaluation | None,
    ) -> list[Frame]:
        """A frame for each of these lanes, given by place. `rates` are those of all places, `clock` the seconds trained without
        pauses.
        """
        rate = None
        if self._last is not None and clock > self._last[1]:
            rate = (step - self._last[0]) / (clock - self._last[1])
        self._last = step, clock
        return [
            Frame(
                step=step,
                loss=self._losses[lane].take(),
                gradient_norm=self._norms[lane].take(),
                learning_rate=rates[lane],
                layers=measured[lane],
                gradient_over_time=over_time[lane],
                validation_loss=evaluation.loss[lane] if evaluation else None,
                validation_accuracy=evaluation.accuracy[lane] if evaluation and evaluation.accuracy else None,
                steps_per_second=rate,
                lane=self._names[lane],
            )
            for lane in lanes
        ]
