"""An oscillating loss: it swings from validation to validation and does not come down."""

from __future__ import annotations

import numpy as np

from gradtui.core.measured.history import Array
from gradtui.core.measured.run import Run
from gradtui.core.text import grouped, number
from gradtui.diagnosis import fixes
from gradtui.diagnosis.readings import guessing, settled
from gradtui.diagnosis.rules import Answer, Lacking, Symptom

_ENOUGH, _LATE = 5, 0.95
"""Validations that the newer half of a run must have; the share of the run before which swings may still settle."""
_WIDE, _MUCH, _RISE, _FALLING = 0.3, 0.05, 0.03, 0.5
"""Shares of its level, and of guessing's loss, that the loss must swing by, and of its level that it must rise by on average; below
the last the training loss comes down."""
_LEFT, _RIGHT = 0.14, 0.995
"""The training loss by that of guessing, and the accuracy, from which a loss may swing as it likes."""


def judge(run: Run) -> Answer:
    """Validation losses of the newer half of the run, which the choice of batches does not touch, around their own trend."""
    series = run.history.validation_loss
    since = int(np.searchsorted(series.steps, series.steps[-1] / 2)) if len(series) else 0
    losses, steps = series.last[since:, 0], series.steps[since:]
    if not settled(run) or len(losses) < _ENOUGH:
        return Lacking(f"{_ENOUGH} validations in the newer half of the run")
    level = float(np.median(losses))
    training = run.history.mean_loss.last[run.history.mean_loss.steps >= steps[0], 0]
    if not np.isfinite(losses).all() or not level > 0 or _learned(run, training, int(steps[0])):
        return None
    low, high = np.percentile(losses - np.polyval(np.polyfit(steps, losses, 1), steps), (10, 90)) / level
    rise = float(np.clip(np.diff(losses), 0, None).mean()) / level
    earlier, later = (float(np.median(half)) for half in np.array_split(training, 2))
    little = high - low <= _WIDE or (high - low) * level <= _MUCH * guessing(run)
    if little or rise <= _RISE or later <= _FALLING * earlier:
        return None
    return Symptom(
        severity="warning" if settled(run, _LATE) else "info",
        what="The loss swings and does not come down",
        evidence=f"Since step {grouped(int(steps[0]))} the median of the validation loss is {number(level)}. It swings by "
        f"{100 * (high - low):.0f} % of that around its trend, where {100 * _WIDE:.0f} % is too much, and rises by "
        f"{100 * rise:.0f} % at a time, where {100 * _RISE:.0f} % is too much.",
        meaning="Steps jump from one side of the valley to the other: shorter ones would go down into it.",
        source="after AUTOTRAINER's oscillating loss, on validations rather than on epochs; thresholds from benchmarks/rules",
        fixes=(fixes.cosine, fixes.adam, fixes.surest, fixes.slower),
        certain=settled(run, _LATE),
    )


def _learned(run: Run, training: Array, since: int) -> bool:
    """Whether little has been left to learn since that step."""
    accuracy = run.history.validation_accuracy
    right = float(np.median(accuracy.last[accuracy.steps >= since, 0])) if len(accuracy) else 0.0
    return float(training.mean()) <= _LEFT * guessing(run) or right >= _RIGHT
