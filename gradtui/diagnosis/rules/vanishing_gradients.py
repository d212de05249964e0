"""Vanishing gradients: the early layers, or the early time steps, get next to nothing of what reaches the last hidden layer."""

from __future__ import annotations

from gradtui.core.measured.finding import Severity
from gradtui.core.measured.run import Run
from gradtui.core.measured.verdict import VANISHED_RATIO
from gradtui.core.text import number
from gradtui.diagnosis import fixes
from gradtui.diagnosis.readings import (
    Profile,
    between,
    gone,
    had_learned,
    lasting_ratio,
    over_time,
    profile,
    settled,
    usual_ratio,
)
from gradtui.diagnosis.rules import Answer, Lacking, Symptom

_ALL = 1e-6
_SOURCE = "ratio of AUTOTRAINER (Zhang 2021), judged by dL/dh and by the loss rather than by level"


def judge(run: Run) -> Answer:
    """The profile over depth, then over time; a run that learns, or did, is not sick, whatever its gradients. An optimizer that
    divides by their size often makes up for it, so there it is only told until the opening is over.
    """
    last = run.history.last
    depth, time = profile(last, "activation_gradient", run), over_time(last)
    if depth is None and time is None:
        return Lacking("the gradients by layer")
    if had_learned(run) or gone(run, "dead"):
        return None
    if time is not None and 0 <= time.ratio < VANISHED_RATIO:
        helps = (fixes.gated("gru"), fixes.gated("lstm"), fixes.orthogonal)
        return _symptom(run, time, f"time steps 1 to {_last_small(time)}", helps, True)
    lasting = lasting_ratio(run) < VANISHED_RATIO and usual_ratio(run) < VANISHED_RATIO
    if depth is not None and len(depth.values) > 1 and 0 <= depth.ratio < VANISHED_RATIO and lasting:
        small = depth.names[: _last_small(depth)]
        makers = (*fixes.sounder(), fixes.layer_norm, fixes.residual, fixes.selu_lecun)
        return _symptom(run, depth, between(small), makers, False)
    return None


def _symptom(run: Run, seen: Profile, where: str, helps: tuple[fixes.Maker, ...], over: bool) -> Symptom:
    worst: Severity = "critical" if seen.ratio < _ALL else "warning"
    waits = "eps" in run.experiment.optimizer.values() and not settled(run)
    return Symptom(
        severity="info" if waits else worst,
        what=f"Gradients vanish in {where} of {len(seen.values)}",
        evidence=f"|dL/dh| is {number(seen.values[0])} in the first and {number(seen.values[-1])} in the last, "
        f"a ratio of {number(seen.ratio)}; below {VANISHED_RATIO:g} is vanishing.",
        meaning=_meaning(run, over),
        source=_SOURCE,
        layers=seen.names[: _last_small(seen)],
        over_time=over,
        fixes=helps,
    )


def _last_small(seen: Profile) -> int:
    """How many from the first on lie below the threshold."""
    return max(1, sum(value < VANISHED_RATIO * seen.values[-1] for value in seen.values))


def _meaning(run: Run, over_time: bool) -> str:
    optimizer = run.experiment.optimizer
    if over_time:
        return "All time steps share their weights, and the last ones alone move them: what came early is hardly learned."
    if "eps" in optimizer.values():
        return f"{optimizer.name} divides by the gradient's size, which helps only where that is above eps, {optimizer.eps:g}."
    return f"With {optimizer.name} a step is as small as its gradient: these layers hardly move."
