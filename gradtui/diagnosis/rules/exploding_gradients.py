"""Exploding gradients: they grow from the last hidden layer, or time step, to the first."""

from __future__ import annotations

import math
from typing import Literal

from gradtui.core.measured.finding import Severity
from gradtui.core.measured.run import Run
from gradtui.core.text import number
from gradtui.diagnosis import fixes
from gradtui.diagnosis.readings import (
    Profile,
    jumped,
    lasting_ratio,
    learned,
    newest_profile,
    over_time,
    profile,
    settled,
    usual_ratio,
)
from gradtui.diagnosis.rules import Answer, Lacking, Symptom

_MANY, _HUGE = 70.0, 1e4
_LASTING, _OPENING, _LEAP = 5, 10, 0.2
"""Frames that a ratio must last which the first weights do not explain; the last step at which a loss that is lost is laid to it; a
step by its weights after which nothing is made up for."""
Place = Literal["layer", "time step"]


def judge(run: Run) -> Answer:
    """The profile over depth and over time; a run that has learned is not sick. What the first weights do not explain may pass
    within a few steps, and an optimizer that divides by the gradient's size often makes up for it with steps of a sane length:
    there it is only told until it has lasted, or the loss is lost.
    """
    last, lost = run.history.last, _lost(run)
    time, depth = over_time(last), newest_profile(run) if lost else profile(last, "activation_gradient", run)
    if depth is None and time is None:
        return Lacking("the gradients by layer")
    if learned(run):
        return None
    if time is not None and time.ratio > _MANY:
        return _symptom(run, time, "time step")
    usual = usual_ratio(run) if lost else lasting_ratio(run)
    return _symptom(run, depth, "layer") if depth is not None and depth.ratio > _MANY and usual > _MANY else None


def _lost(run: Run) -> bool:
    """Whether the loss is no number any more after so few steps that gradients which grew in most of them explain it."""
    newest = run.history.newest
    return newest is not None and newest.step <= _OPENING and not math.isfinite(newest.loss.last)


def _symptom(run: Run, seen: Profile, place: Place) -> Symptom:
    began, clipped = profile(run.history.first, "activation_gradient", run), run.experiment.clip.by != "none"
    brief = len(run.history.loss) < _LASTING and not (began is not None and began.ratio > _HUGE)
    recovers = "eps" in run.experiment.optimizer.values() and not settled(run) and not jumped(run, _LEAP)
    worst: Severity = "critical" if seen.ratio > _HUGE and not clipped else "warning"
    return Symptom(
        severity="info" if (brief or recovers) and not _lost(run) else worst,
        what=f"Gradients explode towards the first {place}",
        evidence=f"|dL/dh| is {number(seen.values[-1])} in the last {place} and {number(seen.values[0])} in the first, "
        f"{number(seen.ratio)} times as much; above {_MANY:g} is exploding.",
        meaning=f"Clipping by {run.experiment.clip.by} bounds the step; the early layers still take most of it."
        if clipped
        else "The step is as long as its largest gradients: the early layers jump while the late ones hardly move.",
        source="ratio of AUTOTRAINER (Zhang 2021); Pascanu 2013",
        layers=tuple(name for name, value in zip(seen.names, seen.values, strict=True) if value > _MANY * seen.values[-1]),
        over_time=place == "time step",
        fixes=(fixes.gated("gru"), fixes.clip, fixes.orthogonal, fixes.gated("lstm"))
        if place == "time step"
        else (*fixes.sounder(), fixes.layer_norm, fixes.clip),
        certain=run.history.newest is run.history.first or _lost(run),
    )
