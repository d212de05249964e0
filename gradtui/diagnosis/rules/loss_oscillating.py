"""An oscillating loss: it swings from frame to frame and does not come down."""

from __future__ import annotations

import math

from gradtui.core.text import number
from gradtui.diagnosis import fixes
from gradtui.diagnosis.case import Case
from gradtui.diagnosis.readings import converged, pace, recent_loss, settled
from gradtui.diagnosis.rules import Answer, Lacking, Rule, Symptom

_WIDE, _FLAT = 0.16, 0.85


def judge(case: Case) -> Answer:
    """Changes of the mean loss from frame to frame, beside its level and beside those that come from the choice of batches."""
    seen = pace(case)
    if seen is None or not settled(case) or not math.isfinite(seen.noise):
        return Lacking("more of the run, or frames of several steps")
    beyond = math.sqrt(max(0.0, seen.swing**2 - seen.noise**2))
    if converged(case) or beyond <= _WIDE or seen.trend < _FLAT:
        return None
    return Symptom(
        severity="warning",
        what="The loss swings and does not come down",
        evidence=f"From frame to frame its mean changes by {100 * seen.swing:.0f} % of {number(recent_loss(case))}, where batches "
        f"explain {100 * seen.noise:.0f} %; {100 * _WIDE:.0f} % beyond them is too much for a loss that does not fall.",
        meaning="Steps jump from one side of the valley to the other: shorter ones would go down into it.",
        source="after AUTOTRAINER's oscillating loss, on all steps rather than on epochs; thresholds from benchmarks/rules",
        fixes=(fixes.cosine, fixes.adam, fixes.slower, fixes.clip),
    )


RULE = Rule("loss-oscillating", "Oscillating loss", judge)
