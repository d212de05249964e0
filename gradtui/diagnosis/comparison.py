"""The comparison: whether a fix helped, of two runs at the same step."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from gradtui.core.measured.finding import Finding, in_force
from gradtui.core.measured.history import History
from gradtui.core.measured.run import Run
from gradtui.core.text import grouped, number

Judgement = Literal["cured", "better", "no change", "worse", "too early"]

SOON = 50
"""Steps before which nothing is said, unless the run before was shorter or the new one's loss is no longer finite."""
MARGIN = 0.1
"""Losses that differ by less than this share are the same."""
WINDOW = 0.2
"""The share of a run's steps, the latest, whose median stands for its loss."""


@dataclass(frozen=True)
class Comparison:
    """The verdict on the run after a fix, and the same in a sentence with the numbers."""

    verdict: Judgement
    sentence: str


def compare(before: Run, after: Run) -> Comparison:
    """Judge the run after a change by that before it, at the last step that both have made; where the change is one of length,
    and the run after it is over, each at its own end.

    Cured: what was wrong is over, nothing else is, and the loss is no higher. Better and worse: less or more is wrong, or equally
    much and the loss differs by more than `MARGIN`. A loss that is no longer finite stays so and is higher than any other. What
    overfitted is judged by its validation loss.
    """
    if not len(before.history.loss) or not len(after.history.loss):
        return Comparison("too early", "Too early to compare: nothing has been measured yet.")
    old_end, new_end = _end(before.history), _end(after.history)
    shared = min(old_end, new_end)
    at = int(shared) if math.isfinite(shared) else int(max(before.history.loss.steps[-1], after.history.loss.steps[-1]))
    then = at
    if before.experiment.run.steps != after.experiment.run.steps <= new_end:
        then, at = int(before.history.loss.steps[-1]), int(after.history.loss.steps[-1])
    else:
        needed = min(old_end, max([SOON, *(finding.step for finding in in_force(before.findings)[:1])]))
        if new_end < needed:
            return Comparison(
                "too early", f"Too early to compare: this is step {grouped(at)} of the {grouped(int(needed))} that it takes."
            )
    wrong_before, wrong_after = _wrong(before, then), _wrong(after, at)
    validated = any(finding.rule == "overfitting" for finding in wrong_before)
    old, new = (_loss(run.history, step, validated) for run, step in ((before, then), (after, at)))
    comparable = before.experiment.task.loss == after.experiment.task.loss or not (math.isfinite(old) and math.isfinite(new))
    verdict = _judged(wrong_before, wrong_after, _trend(old, new) if comparable else 0)
    name = "validation loss" if validated else "loss"
    since = "" if then == at else f" at step {grouped(then)}"
    losses = f"The {name} at step {grouped(at)} is {number(new)}, it was {number(old)}{since}" + (
        "" if comparable else " by another measure"
    )
    return Comparison(verdict, f"{verdict.capitalize()}. {_told(wrong_before, wrong_after)}{losses}.")


def _end(history: History) -> float:
    """The last step that a run has made; infinite where its loss is no longer finite and so known for ever."""
    return float(history.loss.steps[-1]) if math.isfinite(history.loss.last[-1, 0]) else math.inf


def _loss(history: History, at: int, validated: bool) -> float:
    """The median over the last steps, or three validations, up to this step; infinite where the loss is not finite there."""
    series = history.validation_loss if validated and len(history.validation_loss) else history.loss
    until = max(1, int(np.searchsorted(series.steps, at, side="right")))
    since = max(0, until - 3) if series is history.validation_loss else int(np.searchsorted(series.steps, (1 - WINDOW) * at))
    values = series.last[min(until - 1, since) : until, 0]
    return float(np.median(values[np.isfinite(values)])) if math.isfinite(values[-1]) else math.inf


def _wrong(run: Run, at: int) -> tuple[Finding, ...]:
    return tuple(finding for finding in in_force(run.findings, at) if finding.severity != "info")


def _trend(old: float, new: float) -> int:
    """-1 where the loss is lower, 1 where it is higher, 0 where it is the same within the margin; 2 where only the new one is not
    finite.
    """
    if math.isinf(old) or math.isinf(new):
        return (2 if math.isinf(new) else -1) if math.isinf(old) != math.isinf(new) else 0
    return 0 if abs(new - old) <= MARGIN * abs(old) else -1 if new < old else 1


def _judged(before: tuple[Finding, ...], after: tuple[Finding, ...], trend: int) -> Judgement:
    if before and not after and trend <= 0:
        return "cured"
    old, new = (tuple(sum(f.severity == name for f in found) for name in ("critical", "warning")) for found in (before, after))
    change = trend if old == new else 1 if new > old else -1
    if trend < 2 and change * trend < 0:
        return "no change"
    return "worse" if trend == 2 or change > 0 else "better" if change < 0 else "no change"


def _told(before: tuple[Finding, ...], after: tuple[Finding, ...]) -> str:
    """Which rules are over, which still speak, which are new, in words."""
    old, new = ({finding.rule.replace("-", " "): None for finding in found} for found in (before, after))
    parts = (("Over", old.keys() - new.keys()), ("Still there", old.keys() & new.keys()), ("New", new.keys() - old.keys()))
    return "".join(f"{word}: {', '.join(sorted(rules))}. " for word, rules in parts if rules)
