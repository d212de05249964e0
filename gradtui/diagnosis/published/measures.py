"""What the tools' rules read from a run: the worst layer beside a threshold, and numbers that are not finite."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from gradtui.core.measured.history import Series
from gradtui.core.measured.run import Run
from gradtui.core.text import grouped, number
from gradtui.diagnosis.published import Remark


def numbers(run: Run, quantity: str) -> dict[str, float]:
    """A quantity's newest numbers by layer; empty where none was measured."""
    values = run.history.last.layers.get(quantity, ()) if run.history.last else ()
    return {name: value for name, value in zip(run.layers, values, strict=False) if value is not None}


def by_layer(
    rule: str, run: Run, quantity: str, what: str, speaks: Literal["below", "above", "from"], threshold: float, lacking: str
) -> Remark:
    """A tool that speaks when any layer's number lies below or above a threshold, or reaches it (`from`). NaN is neither."""
    measured = numbers(run, quantity)
    if not measured:
        return Remark(rule, None, f"cannot tell: {lacking}")
    told = {layer: value for layer, value in measured.items() if not math.isnan(value)} or measured
    layer = (min if speaks == "below" else max)(told, key=lambda name: told[name])
    series = run.history.layers.get(quantity)
    extreme = "smallest" if speaks == "below" else "largest"
    words = (
        f"{extreme} {what} {number(told[layer])}, layer {layer}; speaks {speaks} {threshold:g}{_since(series, speaks, threshold)}"
    )
    return Remark(rule, _beyond(told[layer], speaks, threshold), words)


def not_finite(run: Run) -> str | None:
    """The newest frame's loss or gradient norm in words, where it is not finite."""
    newest = run.history.newest
    for name, spread in (("loss", newest.loss), ("gradient norm", newest.gradient_norm)) if newest else ():
        for value in (spread.last, spread.high, spread.low):
            if not math.isfinite(value):
                return f"the {name} is {number(value)}"
    return None


def finite_or_not(rule: str, run: Run) -> Remark:
    """A tool that speaks when the loss or a gradient is NaN or infinite."""
    if run.history.newest is None:
        return Remark(rule, None, "cannot tell: nothing has been measured yet")
    found = not_finite(run)
    return Remark(rule, found is not None, f"{found or 'loss and gradients are finite'}; speaks at NaN or Inf")


def _beyond(value: float, speaks: str, threshold: float) -> bool:
    return value < threshold if speaks == "below" else value > threshold if speaks == "above" else value >= threshold


def _since(series: Series | None, speaks: str, threshold: float) -> str:
    """The first step at which it spoke, if it ever did."""
    if series is None:
        return ""
    spoken = (
        series.low < threshold if speaks == "below" else series.high > threshold if speaks == "above" else series.high >= threshold
    )
    steps = series.steps[np.flatnonzero(spoken.any(axis=1))]
    return f"; first at step {grouped(int(steps[0]))}" if len(steps) else ""
