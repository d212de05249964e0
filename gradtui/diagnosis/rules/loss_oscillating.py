"""An oscillating loss: it swings widely from step to step and does not come down."""

from __future__ import annotations

import numpy as np

from gradtui.core.text import number
from gradtui.diagnosis import fixes
from gradtui.diagnosis.case import Case
from gradtui.diagnosis.readings import converged
from gradtui.diagnosis.rules import Answer, Lacking, Rule, Symptom

_WINDOW = 40
_WIDE = 1.0


def judge(case: Case) -> Answer:
    """Swings within the newest frames beside the loss itself, and whether the later half is lower than the earlier one."""
    loss = case.history.loss
    if len(loss) < _WINDOW:
        return Lacking(f"{_WINDOW} frames")
    lasts, lows, highs = (series[-_WINDOW:, 0] for series in (loss.last, loss.low, loss.high))
    if not all(np.isfinite(numbers).all() for numbers in (lasts, lows, highs)) or converged(case):
        return None
    level = float(np.median(lasts))
    swing = float(np.median(highs - lows))
    earlier, later = (float(np.median(half)) for half in np.split(lasts, 2))
    if level <= 0 or swing <= _WIDE * level or later < 0.9 * earlier:
        return None
    return Symptom(
        severity="warning",
        what="The loss swings and does not come down",
        evidence=f"Between two frames it swings by {number(swing)} around {number(level)}; more than its own size is too much.",
        meaning="Steps overshoot from one side of the valley to the other.",
        source="after AUTOTRAINER's oscillating loss, on every step rather than every epoch",
        fixes=(fixes.slower, fixes.adam, fixes.cosine, fixes.clip),
    )


RULE = Rule("loss-oscillating", "Oscillating loss", judge)
