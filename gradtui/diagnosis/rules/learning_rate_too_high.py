"""A learning rate that is too high: the loss climbs above that of guessing or out of all numbers, or steps stay too long."""

from __future__ import annotations

import math

from gradtui.core.measured.finding import Severity
from gradtui.core.measured.frame import Frame
from gradtui.core.measured.run import Run
from gradtui.core.measured.verdict import EXPLODED_RATIO, VANISHED_RATIO, WANTED_UPDATE
from gradtui.core.text import grouped, number
from gradtui.diagnosis import fixes
from gradtui.diagnosis.readings import (
    JUMP,
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
from gradtui.diagnosis.rules import Answer, Lacking, Symptom

_CLIMB = 10.0
"""Loss by the larger of the first one and that of guessing above which it diverges (NeuroLens)."""
_OPENING = 50
"""Steps in which a loss may climb and come back."""
_ABOVE = 1.5
"""Loss by that of guessing above which the network is worse than a constant."""
_LONG = 1e-3
"""Length of the longest steps by their weights below which they are not what keeps a loss up (CS231n's wanted length)."""
_STEP = 0.05
"""Length of a typical step by its weights above which it is too long (NeuroLens)."""
_STUCK, _STUCK_STEP = 0.97, 0.006
"""Later by earlier loss above which it does not come down, and the length of a typical step that explains that."""
_LEFT = 0.35
"""Share of guessing's loss above which much is left to learn."""
_HALF, _LATE = 0.5, 0.75
"""Shares of the run after which what is noted is warned of, and after which lost time is not made up for."""
_TENFOLD, _OURS = "NeuroLens: 10 times the first loss", "ours, from benchmarks/rules"


def judge(run: Run) -> Answer:
    """The loss beside the first one and beside guessing, then the typical update beside its weights once the opening is over."""
    newest, steps = run.history.newest, typical_steps(run)
    if newest is None:
        return Lacking("a first step")
    if _explodes(run):
        return None
    found = _diverges(run, newest)
    if found or not settled(run) or steps is None:
        return found
    return _stays(run, steps) or (None if learned(run) else _jumps(run, newest, steps))


def _diverges(run: Run, newest: Frame) -> Symptom | None:
    """The loss is no number any more, or many times what it was."""
    first, recent = first_loss(run), recent_loss(run)
    if newest.step > 1 and not (math.isfinite(newest.loss.high) and math.isfinite(newest.loss.last)) and math.isfinite(first):
        evidence = f"The loss was {number(first)} at first and is {number(newest.loss.last)} at step {grouped(newest.step)}."
        return _symptom(run, "critical", "The loss grows beyond all numbers", evidence, _TENFOLD, certain=True)
    if recent > _CLIMB * max(first, guessing(run)) and newest.step >= _OPENING:
        evidence = f"The loss is {number(recent)}, it was {number(first)} at first; above {_CLIMB:g} times as much it diverges."
        recovers = not settled(run, _HALF) and "eps" in run.experiment.optimizer.values()
        return _symptom(run, "info" if recovers else "critical", "The loss climbs away", evidence, _TENFOLD)
    return None


def _stays(run: Run, steps: Steps) -> Symptom | None:
    """In the later half of the run the loss does not come down, and long steps are why."""
    seen, recent = pace(run), number(recent_loss(run))
    if seen is None or seen.trend <= _STUCK or remaining(run) <= _LEFT or not settled(run, _HALF):
        return None
    if steps.typical > _STUCK_STEP:
        evidence = f"A step changes a typical layer by {number(steps.typical)} of its weights; the loss stays at {recent}."
        return _symptom(run, "warning", "Steps are too long to come down", evidence, _OURS)
    if learned(run):
        return None
    if jumped(run):
        evidence = f"A step changed most layers by more than {JUMP:g} of their weights; the loss has stayed at {recent} since."
        return _symptom(run, "warning", "A step was so long that the network lost its way", evidence, _OURS)
    began, now = profile(run.history.first, "activation_gradient", run), lasting_ratio(run)
    if began is not None and began_level(run) and now < VANISHED_RATIO:
        evidence = (
            f"The first layer got {number(began.ratio)} of the last one's gradient at first and gets {number(now)} now, below "
            f"{VANISHED_RATIO:g}; the loss stays at {recent}."
        )
        return _symptom(run, "warning", "Steps have made the gradients vanish", evidence, _OURS)
    return None


def _jumps(run: Run, newest: Frame, steps: Steps) -> Symptom | None:
    """The loss may come down, but from above guessing, by steps that are too long, or late for one that was."""
    first, recent, guessed = first_loss(run), recent_loss(run), guessing(run)
    mild: Severity = "warning" if settled(run, _HALF) else "info"
    if recent > _ABOVE * guessed and recent > first and steps.longest > _LONG:
        evidence = f"The loss is {number(recent)}; a constant answer gets {number(guessed)}, and it was {number(first)} at first."
        return _symptom(run, mild, "The loss stays above that of guessing", evidence, _OURS)
    if steps.typical > _STEP:
        length = number(steps.typical)
        evidence = f"A step changes the weights of a typical layer by {length} of their length; about {WANTED_UPDATE:g} is wanted."
        return _symptom(run, mild, "Steps are too long", evidence, f"CS231n: about {WANTED_UPDATE:g}; NeuroLens: above {_STEP:g}")
    if jumped(run) and remaining(run) > _LEFT and settled(run, _LATE):
        evidence = (
            f"A step changed most layers by more than {JUMP:g} of their weights; at step {grouped(newest.step)} the loss is still "
            f"{100 * remaining(run):.0f} % of guessing's."
        )
        matters = pace(run) is not None and run.experiment.network.values().get("normalization", "none") == "none"
        severity: Severity = "warning" if matters else "info"
        return _symptom(run, severity, "A long step has cost the run its time", evidence, _OURS)
    return None


def _explodes(run: Run) -> bool:
    """Whether the weights make gradients grow over depth from the first step on, so that the rate is not to blame."""
    seen = profile(run.history.first, "activation_gradient", run)
    return seen is not None and seen.ratio > EXPLODED_RATIO


def _symptom(run: Run, severity: Severity, what: str, evidence: str, source: str, certain: bool = False) -> Symptom:
    return Symptom(
        severity=severity,
        what=what,
        evidence=evidence,
        meaning=f"A rate of {run.experiment.optimizer.learning_rate:g} steps over the valley rather than into it.",
        source=source,
        fixes=(fixes.adam, fixes.slower, fixes.clip),
        certain=certain,
    )
