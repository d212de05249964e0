"""A learning rate that is too low: no layer moves, although gradients reach it."""

from __future__ import annotations

from gradtui.core.text import number
from gradtui.diagnosis import fixes
from gradtui.diagnosis.case import Case
from gradtui.diagnosis.readings import VANISHING, learned, profile
from gradtui.diagnosis.rules import Answer, Lacking, Rule, Symptom

_STILL = 1e-5
_SETTLED = 20


def judge(case: Case) -> Answer:
    """The largest update by its weights, of all layers; where gradients vanish, the rate is not to blame."""
    newest, seen = case.history.newest, profile(case.history.last, "update_ratio", case)
    if newest is None or seen is None:
        return Lacking("the length of the steps by layer")
    largest = max(seen.values)
    depth = profile(newest, "activation_gradient", case)
    if newest.step < _SETTLED or learned(case) or not largest < _STILL or (depth is not None and depth.ratio < VANISHING):
        return None
    return Symptom(
        severity="warning",
        what="No layer moves",
        evidence=f"The longest step of any layer is {number(largest)} of its weights; about 1e-3 is wanted, "
        f"below {_STILL:g} is still.",
        meaning=f"At a rate of {newest.learning_rate:g} with {case.experiment.optimizer.name} this run takes very long.",
        source="CS231n: about 1e-3; NeuroLens: below 1e-6",
        fixes=(fixes.faster, fixes.adam),
    )


RULE = Rule("learning-rate-too-low", "Learning rate too low", judge)
