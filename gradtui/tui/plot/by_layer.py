"""What a run shows of one quantity, by layer or by time step: numbers, what theory expected, and what they are judged by."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from gradtui.core.measured.frame import DRAWN, OVER_TIME, SHARES, Frame
from gradtui.core.measured.run import Run
from gradtui.core.measured.verdict import reference
from gradtui.core.theory.foreseen import foresee
from gradtui.core.theory.over_time import shown_steps
from gradtui.tui.plot import glyphs
from gradtui.tui.plot.axis import Axis, decades, linear

_PREDICTED = ("activation_gradient", "activation_gradient_rms", OVER_TIME.name)

Values = tuple[float | None, ...]


@dataclass(frozen=True)
class ByLayer:
    """One quantity of the layers from the input side to the output, or of the shown time steps from the first on.

    `values` are None as a whole before the first measurement. `predicted` is where theory expected them at the start, and `theory`
    how in words; `before` is where another run, `named` so, had them; both are empty for nowhere. `broke` names the layer where the
    first number of a lost run was not finite: its values are then those of `step`, the last ones that were; 0 for the newest.
    """

    quantity: str
    layers: tuple[str, ...] = ()
    values: Values | None = None
    predicted: Values = ()
    theory: str = ""
    before: Values = ()
    named: str = ""
    broke: str = ""
    step: int = 0

    @classmethod
    def of(cls, quantity: str, run: Run) -> ByLayer:
        """What a run shows of a quantity now. Theory gives ratios to the last hidden layer, or to the last time step; what that one
        measured at the first step makes norms of them.
        """
        names, ratios = _foreseen(quantity, run)
        ended = run.ended.divergence if run.ended else None
        lost = ended is not None and run.history.finite is not None
        newest = run.history.finite if lost else run.history.last
        made = cls(
            quantity,
            names,
            _values(newest, quantity),
            broke=ended.layer if ended and lost else "",
            step=newest.step if newest and lost else 0,
        )
        return made._expected(ratios, run) if any(ratio is not None for ratio in ratios) else made

    def _expected(self, ratios: Values, run: Run) -> ByLayer:
        """With theory's ratios to the last hidden layer, or to the last time step, where that is known to be a number."""
        at = len(ratios) - (1 if self.quantity == OVER_TIME.name else 2)
        first = _values(run.history.first, self.quantity)
        words = "theory at the start"
        if first is None:
            data = "" if run.started else ", for standardized inputs"
            words = f"theory, relative to {DRAWN[self.quantity].place} {self.layers[at]}{data}"
        level = 1.0 if first is None else first[at]
        if level is None or not math.isfinite(level):
            return self
        return replace(self, predicted=tuple(None if ratio is None else ratio * level for ratio in ratios), theory=words)

    def beside(self, other: Run | None, named: str = "before the fix") -> ByLayer:
        """With the newest values of another run, called so, where it has the same layers or time steps."""
        if other is None:
            return self
        older = ByLayer.of(self.quantity, other)
        return replace(self, before=older.values or (), named=named) if older.layers == self.layers else self

    @property
    def heading(self) -> str:
        """What is shown, with its symbol."""
        quantity = DRAWN[self.quantity]
        return f"{quantity.title}  {quantity.symbol}"

    @property
    def compared(self) -> int | None:
        """The layer or time step whose number the others are judged by."""
        return reference(self.quantity, self.values) if self.values else None

    @property
    def needed(self) -> Axis:
        """The range that shows all numbers: shares from 0 to 1, other linear ones with zero, logarithmic ones in whole decades."""
        numbers = [*(self.values or ()), *self.predicted, *self.before]
        finite = [value for value in numbers if value is not None and math.isfinite(value)]
        if self.quantity in SHARES:
            return Axis(0, 1)
        if not DRAWN[self.quantity].logarithmic:
            return linear(min([0.0, *finite]), max([0.0, *finite]))
        positive = [value for value in finite if value > 0]
        if not positive:
            return Axis(-3, 0, logarithmic=True)
        low, high = min(positive) / 2, max(positive)
        return decades(low, high, 1 if high < 1e4 * low else 3)

    def legend(self, batch: int) -> list[str]:
        """What the marks, the scale and the numbers are, in words, the most important first; `batch` is 0 for the whole set."""
        parts = [
            f"{glyphs.BEFORE} {self.named}" if self.before else "",
            f"{glyphs.THEORY} {self.theory}" if self.theory else "",
            f"{glyphs.LOST} the first that is no number" if self.broke in self.layers else "",
            "log scale" if DRAWN[self.quantity].logarithmic else "linear scale",
            "validation set" if self.quantity in SHARES else f"batch of {batch}" if batch else "",
        ]
        return [part for part in parts if part]


def _foreseen(quantity: str, run: Run) -> tuple[tuple[str, ...], Values]:
    """The names of what is shown, and theory's ratios for them; empty where there are none."""
    known = run.started
    if quantity == OVER_TIME.name:
        steps = known.time_steps if known else foresee(run.experiment).time_steps
        names = tuple(str(at + 1) for at in shown_steps(steps))
        return names, run.predicted_over_time if known else foresee(run.experiment).predicted_over_time
    names = run.layers if known else foresee(run.experiment).layers
    if quantity not in _PREDICTED:
        return names, ()
    return names, run.predicted if known else foresee(run.experiment).predicted


def _values(frame: Frame | None, quantity: str) -> Values | None:
    """What a frame measured of a quantity; None where it measured nothing."""
    if frame is None:
        return None
    values: Sequence[float | None] = frame.gradient_over_time if quantity == OVER_TIME.name else frame.layers.get(quantity, ())
    return tuple(values) if any(value is not None for value in values) else None
