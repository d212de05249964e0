"""Non-finite numbers: the loss or a gradient is NaN or infinite."""

from __future__ import annotations

import math

from gradtui.core.text import grouped, number
from gradtui.diagnosis import fixes
from gradtui.diagnosis.case import Case
from gradtui.diagnosis.readings import began_far, began_level
from gradtui.diagnosis.rules import Answer, Lacking, Rule, Symptom

_OF_WEIGHTS = *fixes.sounder(), fixes.layer_norm, fixes.clip
_OF_RATE = fixes.adam, fixes.slower, fixes.clip, fixes.surest
"""Numbers that are too large from the first step on come from the weights, later ones from the rate."""


def judge(case: Case) -> Answer:
    """Loss and gradient norm over the steps of the newest frame."""
    newest = case.history.newest
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
                fixes=_OF_RATE if began_level(case) and not began_far(case) else _OF_WEIGHTS,
                certain=True,
            )
    return None


RULE = Rule("non-finite", "Non-finite numbers", judge)
