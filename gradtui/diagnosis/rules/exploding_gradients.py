"""Exploding gradients: they grow from the last hidden layer, or time step, to the first."""

from __future__ import annotations

import math
from typing import Literal

from gradtui.core.measured.finding import Severity
from gradtui.core.measured.run import Run
from gradtui.core.measured.verdict import EXPLODED_RATIO
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

_HUGE = 1e4
"""First by last gradient above which it is critical, and explained by the first weights alone."""
_LASTING = 5
"""Frames that a smaller ratio must last before it is more than noted."""
_OPENING = 10
"""Steps within which exploding gradients explain a loss that is no number any more."""
_LEAP = 0.2
"""Length of a step by its weights after which an optimizer that divides by the gradient's size does not make up for it."""
Place = Literal["layer", "time step"]


def judge(run: Run) -> Answer:
    """The profile over depth and over time; a run that has learned is not sick.

    It is only noted, not warned of, in two cases. Growth that was not there at the first step may pass within a few steps: it is
    noted until it has lasted. An optimizer that divides by the gradient's size often copes while its steps are short: with one it
    is noted until a quarter of the run is over, or a step was long. Once the loss is no number, both are warned of.
    """
    last, lost = run.history.last, _lost(run)
    time, depth = over_time(last), newest_profile(run) if lost else profile(last, "activation_gradient", run)
    if depth is None and time is None:
        return Lacking("the gradients by layer")
    if learned(run):
        return None
    if time is not None and time.ratio > EXPLODED_RATIO:
        return _symptom(run, time, "time step")
    usual = usual_ratio(run) if lost else lasting_ratio(run)
    return _symptom(run, depth, "layer") if depth is not None and depth.ratio > EXPLODED_RATIO and usual > EXPLODED_RATIO else None


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
        f"{number(seen.ratio)} times as much; above {EXPLODED_RATIO:g} is exploding.",
        meaning=f"Clipping by {run.experiment.clip.by} bounds the step; the early {place}s still take most of it."
        if clipped
        else f"The step is as long as its largest gradients: the early {place}s drown the late ones.",
        source="ratio of AUTOTRAINER (Zhang 2021); Pascanu 2013",
        layers=tuple(name for name, value in zip(seen.names, seen.values, strict=True) if value > EXPLODED_RATIO * seen.values[-1]),
        over_time=place == "time step",
        fixes=(fixes.gated("gru"), fixes.clip, fixes.orthogonal, fixes.gated("lstm"))
        if place == "time step"
        else (*fixes.sounder(), fixes.layer_norm, fixes.clip),
        certain=run.history.newest is run.history.first or _lost(run),
    )
