"""What rules read from a case: the newest profile over depth or time, and how far the loss has come."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass

from gradtui.core.frame import Frame
from gradtui.diagnosis.case import Case

VANISHING = 1e-3
"""Ratio of the first gradient to the last one below which gradients vanish (AUTOTRAINER)."""
LEARNED = 0.5
"""Share of the first loss below which a run has learned something, whatever its gradients look like."""
_CONVERGED, _RIGHT = 0.05, 0.97
_RECENT = 20


@dataclass(frozen=True)
class Profile:
    """A quantity by hidden layer, or by time step, from the input on; the numbers are those that were measured."""

    names: tuple[str, ...]
    values: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """The first number by the last one; NaN where that says nothing."""
        first, last = self.values[0], self.values[-1]
        return first / last if last > 0 and math.isfinite(first) and math.isfinite(last) else math.nan


def profile(frame: Frame | None, quantity: str, case: Case) -> Profile | None:
    """A quantity over the hidden layers that have it; None where it was not measured."""
    values = frame.layers.get(quantity, ()) if frame else ()
    pairs = [(name, value) for name, value in zip(case.started.layers[:-1], values, strict=False) if value is not None]
    return Profile(*zip(*pairs, strict=True)) if pairs else None


def over_time(frame: Frame | None) -> Profile | None:
    """The gradient that reaches the last hidden layer by time step; None where nothing recurs."""
    values = frame.gradient_over_time if frame else ()
    return Profile(tuple(str(at + 1) for at in range(len(values))), values) if len(values) > 1 else None


def recent_loss(case: Case) -> float:
    """The median loss of the newest frames; NaN before the first one."""
    losses = case.history.loss.last[-_RECENT:, 0].tolist()
    return statistics.median(losses) if losses else math.nan


def first_loss(case: Case) -> float:
    """The loss at the first step; NaN before it."""
    return case.history.first.loss.last if case.history.first else math.nan


def progress(case: Case) -> float:
    """The recent loss as a share of the first one; NaN where there is none or the first one is no measure."""
    first = first_loss(case)
    return recent_loss(case) / first if math.isfinite(first) and first > 0 else math.nan


def learned(case: Case) -> bool:
    """Whether the loss has fallen far, or nearly everything comes out right."""
    return progress(case) < LEARNED or _accuracy(case) >= _RIGHT


def converged(case: Case) -> bool:
    """Whether little is left to learn."""
    return progress(case) < _CONVERGED or _accuracy(case) >= _RIGHT


def _accuracy(case: Case) -> float:
    last = case.history.last
    return last.validation_accuracy if last and last.validation_accuracy is not None else 0.0


def between(names: tuple[str, ...]) -> str:
    """Layers in words: "layer 3", "layers 1 to 12"."""
    return f"layer {names[0]}" if len(names) == 1 else f"layers {names[0]} to {names[-1]}"
