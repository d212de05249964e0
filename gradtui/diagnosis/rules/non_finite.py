"""Non-finite numbers: the loss or a gradient is NaN or infinite."""

from __future__ import annotations

import math

from gradtui.core.measured.run import Run
from gradtui.core.text import grouped, number
from gradtui.diagnosis import fixes
from gradtui.diagnosis.readings import began_far, began_level
from gradtui.diagnosis.rules import Answer, Lacking, Symptom

_OF_WEIGHTS = *fixes.sounder(), fixes.layer_norm, fixes.clip
_OF_RATE = fixes.adam, fixes.slower, fixes.clip, fixes.surest
"""Numbers that are too large from the first step on come from the weights, later ones from the rate."""


def judge(run: Run) -> Answer:
    """Loss and gradient norm over the steps of the newest frame."""
    newest = run.history.newest
    if newest is None:
        return Lacking("a first step")
    for name, spread in (("loss", newest.loss), ("gradient norm", newest.gradient_norm)):
        bad = next((value for value in (spread.last, spread.high, spread.low) if not math.isfinite(value)), None)
        if bad is not None:
            return Symptom(
                severity="critical",
                what=f"The {name} is {number(bad)}",
                evidence=f"{name.capitalize()} {number(bad)} at step {grouped(newest.step)}.",
                meaning="No step from here makes the weights finite again.",
                source="SageMaker Debugger; IEEE 754",
                fixes=_OF_RATE if began_level(run) and not began_far(run) else _OF_WEIGHTS,
                certain=True,
            )
    return None
