"""Exploding gradients: they grow from the last hidden layer, or time step, to the first."""

from __future__ import annotations

from gradtui.core.finding import Severity
from gradtui.core.text import number
from gradtui.diagnosis import fixes
from gradtui.diagnosis.case import Case
from gradtui.diagnosis.readings import far, jumped, lasting_ratio, learned, over_time, profile, settled
from gradtui.diagnosis.rules import Answer, Lacking, Rule, Symptom

_MANY, _HUGE = 70.0, 1e4
_LASTING, _LEAP = 5, 0.2
"""Frames that a ratio below the huge ones must last; a step by its weights after which nothing is made up for."""


def judge(case: Case) -> Answer:
    """The profile over depth and over time; a run that has learned is not sick. An optimizer that divides by the gradient's size
    often makes up for it with steps of a sane length, so there it is only told until the opening is over.
    """
    last = case.history.last
    depth, time = profile(last, "activation_gradient", case), over_time(last)
    if depth is None and time is None:
        return Lacking("the gradients by layer")
    if learned(case):
        return None
    recovers = "eps" in case.experiment.optimizer.values() and not settled(case) and not jumped(case, _LEAP)
    for seen, place in ((time, "time step"), (depth, "layer")):
        if seen is not None and seen.ratio > _MANY and (seen is time or lasting_ratio(case) > _MANY):
            worst: Severity = "critical" if seen.ratio > _HUGE and case.experiment.clip.by == "none" else "warning"
            clipped = case.experiment.clip.by != "none"
            makers = (
                (fixes.gated("gru"), fixes.clip, fixes.orthogonal, fixes.gated("lstm"))
                if place == "time step"
                else (*fixes.sounder(), fixes.layer_norm, fixes.clip)
            )
            opening = len(case.history.loss) < _LASTING
            brief = opening and seen.ratio < _HUGE and not far(case)
            return Symptom(
                severity="info" if recovers or brief else worst,
                what=f"Gradients explode towards the first {place}",
                evidence=f"|dL/dh| is {number(seen.values[-1])} in the last {place} and {number(seen.values[0])} in the first, "
                f"{number(seen.ratio)} times as much; above {_MANY:g} is exploding.",
                meaning=f"Clipping by {case.experiment.clip.by} bounds the step; the early layers still take most of it."
                if clipped
                else "The step is as long as its largest gradients: the early layers jump while the late ones hardly move.",
                source="ratio of AUTOTRAINER (Zhang 2021); Pascanu 2013",
                layers=tuple(name for name, value in zip(seen.names, seen.values, strict=True) if value > _MANY * seen.values[-1]),
                over_time=place == "time step",
                fixes=makers,
                certain=case.history.newest is case.history.first or (opening and seen.ratio > _HUGE and far(case)),
            )
    return None


RULE = Rule("exploding-gradients", "Exploding gradients", judge)
