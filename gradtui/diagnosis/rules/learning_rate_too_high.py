"""A learning rate that is too high: the loss climbs far above where it began, or steps are as long as the weights."""

from __future__ import annotations

import statistics

from gradtui.core.finding import Severity
from gradtui.core.text import number
from gradtui.diagnosis import fixes
from gradtui.diagnosis.case import Case
from gradtui.diagnosis.readings import first_loss, learned, profile, recent_loss
from gradtui.diagnosis.rules import Answer, Lacking, Rule, Symptom

_CLIMB, _STEP = 10.0, 0.05
_SETTLED = 20


def judge(case: Case) -> Answer:
    """The loss beside the first one, then the typical update beside its weights once the opening is over."""
    newest = case.history.newest
    if newest is None:
        return Lacking("a first step")
    first, recent = first_loss(case), recent_loss(case)
    seen = profile(case.history.last, "update_ratio", case)
    step = statistics.median(seen.values) if seen else 0.0
    if first > 0 and recent > _CLIMB * first:
        evidence = f"The loss is {number(recent)}, {number(recent / first)} times the first one; above {_CLIMB:g} it diverges."
        return _symptom(case, "critical", "The loss climbs away", evidence, "NeuroLens: 10 times the first loss")
    if newest.step >= _SETTLED and step > _STEP and not learned(case):
        evidence = f"A step changes the weights of a typical layer by {number(step)} of their length; about 1e-3 is wanted."
        return _symptom(case, "warning", "Steps are too long", evidence, "CS231n: about 1e-3; NeuroLens: above 5e-2")
    return None


def _symptom(case: Case, severity: Severity, what: str, evidence: str, source: str) -> Symptom:
    return Symptom(
        severity=severity,
        what=what,
        evidence=evidence,
        meaning=f"A rate of {case.history.newest.learning_rate:g} steps over the valley rather than into it."
        if case.history.newest
        else "",
        source=source,
        fixes=(fixes.slower, fixes.clip, fixes.adam),
    )


RULE = Rule("learning-rate-too-high", "Learning rate too high", judge)
