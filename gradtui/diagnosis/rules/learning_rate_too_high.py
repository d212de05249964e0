"""A learning rate that is too high: the loss climbs above that of guessing or out of all numbers, or steps stay too long."""

from __future__ import annotations

import math

from gradtui.core.measured.finding import Severity
from gradtui.core.measured.frame import Frame
from gradtui.core.text import grouped, number
from gradtui.diagnosis import fixes
from gradtui.diagnosis.case import Case
from gradtui.diagnosis.readings import (
    JUMP,
    VANISHING,
    Steps,
    began_level,
    first_loss,
    guessing,
    jumped,
    lasting_ratio,
    learned,
    pace,
    profile,
    recent_loss,
    remaining,
    settled,
    typical_steps,
)
from gradtui.diagnosis.rules import Answer, Lacking, Rule, Symptom

_CLIMB, _ABOVE, _EXPLODING = 10.0, 1.5, 70.0
_STEP, _LONG = 0.05, 1e-3
_STUCK_STEP, _STUCK, _LEFT = 0.006, 0.97, 0.35
_OPENING, _HALF, _LATE = 50, 0.5, 0.75
_TENFOLD, _OURS = "NeuroLens: 10 times the first loss", "ours, from benchmarks/rules"


def judge(case: Case) -> Answer:
    """The loss beside the first one and beside guessing, then the typical update beside its weights once the opening is over."""
    newest, steps = case.history.newest, typical_steps(case)
    if newest is None:
        return Lacking("a first step")
    if _explodes(case):
        return None
    found = _diverges(case, newest)
    if found or not settled(case) or steps is None:
        return found
    return _stays(case, steps) or (None if learned(case) else _jumps(case, newest, steps))


def _diverges(case: Case, newest: Frame) -> Symptom | None:
    """The loss is no number any more, or many times what it was."""
    first, recent = first_loss(case), recent_loss(case)
    if newest.step > 1 and not (math.isfinite(newest.loss.high) and math.isfinite(newest.loss.last)) and math.isfinite(first):
        evidence = f"The loss was {number(first)} at first and is {number(newest.loss.last)} at step {grouped(newest.step)}."
        return _symptom(case, "critical", "The loss leaves all numbers", evidence, _TENFOLD, certain=True)
    if recent > _CLIMB * max(first, guessing(case)) and newest.step >= _OPENING:
        evidence = f"The loss is {number(recent)}, it was {number(first)} at first; above {_CLIMB:g} times as much it diverges."
        recovers = not settled(case, _HALF) and "eps" in case.experiment.optimizer.values()
        return _symptom(case, "info" if recovers else "critical", "The loss climbs away", evidence, _TENFOLD)
    return None


def _stays(case: Case, steps: Steps) -> Symptom | None:
    """In the later half of the run the loss does not come down, and long steps are why."""
    seen, recent = pace(case), number(recent_loss(case))
    if seen is None or seen.trend <= _STUCK or remaining(case) <= _LEFT or not settled(case, _HALF):
        return None
    if steps.typical > _STUCK_STEP:
        evidence = f"A step changes a typical layer by {number(steps.typical)} of its weights; the loss stays at {recent}."
        return _symptom(case, "warning", "Steps are too long to come down", evidence, _OURS)
    if learned(case):
        return None
    if jumped(case):
        evidence = f"A step changed most layers by more than {JUMP:g} of their weights; the loss has stayed at {recent} since."
        return _symptom(case, "warning", "A step was so long that the network lost its way", evidence, _OURS)
    began, now = profile(case.history.first, "activation_gradient", case), lasting_ratio(case)
    if began is not None and began_level(case) and now < VANISHING:
        evidence = (
            f"The first layer got {number(began.ratio)} of the last one's gradient at first and gets {number(now)} now, below "
            f"{VANISHING:g}; the loss stays at {recent}."
        )
        return _symptom(case, "warning", "Steps have made the gradients vanish", evidence, _OURS)
    return None


def _jumps(case: Case, newest: Frame, steps: Steps) -> Symptom | None:
    """The loss may come down, but from above guessing, by steps that are too long, or late for one that was."""
    first, recent, guessed = first_loss(case), recent_loss(case), guessing(case)
    mild: Severity = "warning" if settled(case, _HALF) else "info"
    if recent > _ABOVE * guessed and recent > first and steps.longest > _LONG:
        evidence = f"The loss is {number(recent)}; a constant answer gets {number(guessed)}, and it was {number(first)} at first."
        return _symptom(case, mild, "The loss stays above that of guessing", evidence, _OURS)
    if steps.typical > _STEP:
        evidence = (
            f"A step changes the weights of a typical layer by {number(steps.typical)} of their length; about 1e-3 is wanted."
        )
        return _symptom(case, mild, "Steps are too long", evidence, "CS231n: about 1e-3; NeuroLens: above 5e-2")
    if jumped(case) and remaining(case) > _LEFT and settled(case, _LATE):
        evidence = (
            f"A step changed most layers by more than {JUMP:g} of their weights; at step {grouped(newest.step)} the loss is still "
            f"{100 * remaining(case):.0f} % of guessing's."
        )
        matters = pace(case) is not None and case.experiment.network.values().get("normalization", "none") == "none"
        severity: Severity = "warning" if matters else "info"
        return _symptom(case, severity, "A long step has cost the run its time", evidence, _OURS)
    return None


def _explodes(case: Case) -> bool:
    """Whether the weights make gradients grow over depth from the first step on, so that the rate is not to blame."""
    seen = profile(case.history.first, "activation_gradient", case)
    return seen is not None and seen.ratio > _EXPLODING


def _symptom(case: Case, severity: Severity, what: str, evidence: str, source: str, certain: bool = False) -> Symptom:
    return Symptom(
        severity=severity,
        what=what,
        evidence=evidence,
        meaning=f"A rate of {case.experiment.optimizer.learning_rate:g} steps over the valley rather than into it.",
        source=source,
        fixes=(fixes.adam, fixes.slower, fixes.clip),
        certain=certain,
    )


RULE = Rule("learning-rate-too-high", "Learning rate too high", judge)
