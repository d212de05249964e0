"""A loss that does not decrease, in a run that has not learned."""

from __future__ import annotations

import numpy as np

from gradtui.core.measured.run import Run
from gradtui.core.text import number
from gradtui.diagnosis import fixes
from gradtui.diagnosis.readings import first_loss, learned, over_time, settled
from gradtui.diagnosis.rules import Answer, Lacking, Symptom

_SHARE, _POINTS = 0.4, 20
"""Share of the run, and points of its loss, that it takes to tell."""
_BETTER = 0.99
"""Loss of the newest quarter by the least before below which it has come down."""
_FELL = 0.5
"""Loss by the first one below which it came down before it stopped."""


def judge(run: Run) -> Answer:
    """The newest quarter of the run beside what came before it, and whether it is lower by more than chance."""
    loss = run.history.mean_loss
    if not settled(run, _SHARE) or len(loss) < _POINTS:
        return Lacking("more of the run")
    if learned(run) or not np.isfinite(loss.last).all():
        return None
    parts = np.array_split(loss.last[:, 0], 4)
    quarters = [float(np.median(part)) for part in parts]
    doubt = 2 * float(np.hypot(*(part.std() / np.sqrt(len(part)) for part in (parts[1], parts[3]))))
    before, now = float(parts[1].mean()), float(parts[3].mean())
    if quarters[3] < _BETTER * min(quarters[:3]) or now < min(_BETTER * before, before - doubt):
        return None
    return Symptom(
        severity="warning",
        what="The loss has stopped coming down" if quarters[3] < _FELL * first_loss(run) else "The loss has not decreased",
        evidence=f"It was {number(first_loss(run))} at first, {number(min(quarters[:3]))} in the best quarter of the run, and is "
        f"{number(quarters[3])} in the newest; it should be {100 * (1 - _BETTER):.0f} % lower at least.",
        meaning="Nothing is learned at present: look at the bars for where the gradient stops, or change the rate.",
        source="NeuroLens: the last quarter is not 1 % better than the best before",
        fixes=(fixes.gated("gru") if over_time(run.history.last) else fixes.surest, fixes.plain, fixes.adam, fixes.slower),
    )
