"""A learning rate that is too low: at this pace the run ends before anything is learned, although gradients reach every layer."""

from __future__ import annotations

from gradtui.core.measured.finding import Severity
from gradtui.core.measured.run import Run
from gradtui.core.measured.verdict import VANISHED_RATIO, WANTED_UPDATE
from gradtui.core.text import grouped, number
from gradtui.diagnosis import fixes
from gradtui.diagnosis.readings import (
    RISE,
    began_level,
    generalization,
    gone,
    jumped,
    over_time,
    pace,
    profile,
    remaining,
    settled,
    typical_steps,
)
from gradtui.diagnosis.rules import Answer, Lacking, Symptom

_SETTLED = 20
"""Steps before which nothing is said."""
_MOVED, _UNLEARNED = 0.25, 0.6
"""Share of its length that a whole run must be able to move a layer's weights by, where more than this share of guessing's loss is
left; before half of the run, half of it."""
_HALF, _LATE = 0.5, 0.75
"""Shares of the run: the half, and after which the loss is read."""
_LONG = 0.01
"""Length of a typical step by its weights above which the rate is not too low."""
_NOTHING, _SHORT = 0.9, 0.005
"""Share of guessing's loss above which nothing is learned, and the length of the longest steps below which longer ones would do."""
_FALLING, _CALM, _LEFT = 0.985, 0.16, 0.28
"""Later by earlier loss below which it still falls, the swing of a calm fall, and the share of guessing's loss that is much."""
_STILL, _SOME = 0.995, 0.2
"""The same for a loss that is only noted: how it falls, and the share that is left."""
_OURS = "ours, from benchmarks/rules"


def judge(run: Run) -> Answer:
    """How far the longest steps carry in the whole run; late in it, whether the loss is still on its way."""
    newest, steps = run.history.newest, typical_steps(run)
    if newest is None or steps is None:
        return Lacking("the length of the steps by layer")
    if run.experiment.optimizer.learning_rate == 0:
        return _zero(run)
    if newest.step < _SETTLED or _blocked(run):
        return None
    whole, left = run.experiment.run.steps, remaining(run)
    if steps.longest * whole < (_MOVED if settled(run, _HALF) else _MOVED / 2) and left > _UNLEARNED:
        evidence = (
            f"The longest step of any layer is {number(steps.longest)} of its weights: {grouped(whole)} steps move them by "
            f"{100 * steps.longest * whole:.2g} % at most; less than {100 * _MOVED:.0f} % is too little."
        )
        return _symptom(
            run,
            steps.longest,
            "The weights hardly move in this run",
            evidence,
            f"CS231n: {WANTED_UPDATE:g} a step; ours by the run's length",
        )
    seen = pace(run)
    if newest.step < _LATE * whole or seen is None or steps.typical > _LONG:
        return None
    if seen.trend >= _FALLING and left > _NOTHING and steps.longest < _SHORT:
        evidence = (
            f"{100 * newest.step / whole:.0f} % of the run is over and the loss is {100 * left:.0f} % of guessing's. The longest "
            f"step of any layer is {number(steps.longest)} of its weights; below {_SHORT:g} there is room for longer ones."
        )
        return _symptom(run, steps.longest, "Nothing is learned at this pace", evidence, _OURS)
    kept = generalization(run)
    if kept is not None and kept.now > RISE * kept.best:
        return None
    if seen.trend < _FALLING and left > _LEFT and seen.swing < _CALM:
        evidence = (
            f"{100 * newest.step / whole:.0f} % of the run is over, the loss is {100 * left:.0f} % of guessing's and still falls: "
            f"more than {100 * _LEFT:.0f} % is too much to be learned in the rest."
        )
        return _symptom(run, steps.longest, "The run ends while the network still learns", evidence, _OURS)
    if seen.trend < _STILL and left > _SOME:
        evidence = (
            f"{100 * newest.step / whole:.0f} % of the run is over, the loss is {100 * left:.0f} % of guessing's and still falls, "
            f"lately by {100 * (1 - seen.trend):.2g} %."
        )
        return _symptom(run, steps.longest, "The loss still comes down as the run ends", evidence, _OURS, "info")
    return None


def _zero(run: Run) -> Symptom:
    return Symptom(
        severity="critical",
        what="The learning rate is 0",
        evidence="Every step is the rate times something, so no weight moves.",
        meaning="Measured gradients are those of the first weights, at every step.",
        source="the update rule of every optimizer",
        fixes=(fixes.usual, fixes.adam),
        certain=True,
    )


def _blocked(run: Run) -> bool:
    """Whether gradients vanish or explode, a step jumped, or units are dead or saturated, so that the rate is not to blame."""
    last = run.history.last
    if not began_level(run) or jumped(run):
        return True
    profiles = profile(last, "activation_gradient", run), over_time(last)
    if any(seen is not None and seen.ratio < VANISHED_RATIO for seen in profiles):
        return True
    return settled(run) and gone(run, "dead", "saturated")


def _symptom(run: Run, longest: float, what: str, evidence: str, source: str, severity: Severity = "warning") -> Symptom:
    rate, name = run.experiment.optimizer.learning_rate, run.experiment.optimizer.name
    return Symptom(
        severity=severity,
        what=what,
        evidence=evidence,
        meaning=f"At a rate of {rate:g} {name} is on its way, but too slowly for a run of this length.",
        source=source,
        fixes=(*fixes.quicker(longest), *((fixes.gated("gru"),) if over_time(run.history.last) else ()), fixes.longer),
    )
