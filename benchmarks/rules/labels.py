"""What is wrong with a run, by its outcome and by what other settings make of the same task; the page LABELS.md tells how and why.

No rule, threshold or finding of gradtui is used here. A label is True, False, or None where the outcome does not decide.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.rules.outcome import Outcome, outcome
from benchmarks.rules.variants import higher, known, lower, settling
from gradtui.core.experiments.experiment import Experiment

Label = bool | None

_SICK, _HEALTHY = 0.8, 0.95
_WORTH_LEARNING = 0.05
_HALF_WAY = 0.5
_OPENING = 10


@dataclass(frozen=True)
class Judged:
    """A run's labels by rule, and how much of what can be learned it learned: 1 is as much as the best of all settings, None
    where there is nothing to learn.
    """

    labels: dict[str, Label]
    learned: float | None

    @property
    def sick(self) -> bool:
        """Whether something is wrong that an outcome shows."""
        return any(self.labels.values())

    @property
    def healthy(self) -> bool:
        """Whether it learned what can be learned and nothing is wrong."""
        return (
            self.learned is not None and self.learned >= _HEALTHY and not any(label is not False for label in self.labels.values())
        )


@dataclass(frozen=True)
class _Runs:
    """A run beside others; `share` is what an outcome learned of what the best of them did."""

    run: Outcome
    lower: list[float]
    higher: list[float]
    settling: float
    best: float

    def share(self, final: float) -> float:
        return (self.run.guessing - final) / (self.run.guessing - self.best) if math.isfinite(final) else -math.inf

    @property
    def learned(self) -> float:
        return self.share(self.run.final)

    @property
    def unwell(self) -> Label:
        return True if self.learned < _SICK else False if self.learned >= _HEALTHY else None


def judged(experiment: Experiment, cache: Path) -> Judged:
    """The labels of an experiment's run."""
    run = outcome(experiment, cache)
    finals = {name: [outcome(one, cache).final for one in make(experiment)] for name, make in _COMPARED.items()}
    best = min([run.final, *(final for several in finals.values() for final in several)])
    if not best < (1 - _WORTH_LEARNING) * run.guessing:
        return Judged({}, None)
    runs = _Runs(run, finals["lower"], finals["higher"], finals["settling"][0], best)
    labels = {name: label(runs) for name, label in _LABELS.items()}
    for name, roots in _ROOTS.items():  # what explains such a run as well as its rate does
        found = [_vanishing(runs, _OPENING), *(labels[root] for root in roots)]
        labels[name] = None if any(found) or (labels[name] and None in found) else labels[name]
    if labels["dead-units"] is not False or labels["symmetric-initialization"]:
        labels["vanishing-gradients"] = None if labels["vanishing-gradients"] else labels["vanishing-gradients"]
    return Judged(labels, runs.learned)


def cured(experiment: Experiment, fixed: Outcome, cache: Path) -> bool:
    """Whether a run after a fix learned what can be learned, by the same measure. One that overfitted is judged by validation: it
    must end near the best that the run before it had seen, and below guessing.
    """
    before = outcome(experiment, cache)
    if _overfits(before):
        return not _overfits(fixed) and _end(fixed) <= min(1.1 * before.best + 0.02 * before.guessing, before.guessing)
    finals = [outcome(one, cache).final for make in _COMPARED.values() for one in make(experiment)]
    best = min([before.final, *finals])
    return fixed.final <= before.guessing - _SICK * (before.guessing - best)


_COMPARED: dict[str, Callable[[Experiment], list[Experiment]]] = {
    "lower": lower,
    "higher": higher,
    "settling": lambda experiment: [settling(experiment)],
    "known": known,
}


def _vanishing(runs: _Runs, until: int | None = None) -> Label:
    factor = _profile(runs.run, until or _before_half_way(runs))
    return _beyond(-math.log10(factor) if factor > 0 else math.inf, 3.5, 2.5, runs.unwell) if factor == factor else False


def _exploding(runs: _Runs) -> Label:
    factor = _profile(runs.run, _OPENING)
    return _beyond(math.log10(factor) if factor > 0 else -math.inf, 2, 1, runs.unwell) if factor == factor else False


def _dead(runs: _Runs) -> Label:
    return None if runs.run.diverged else _beyond(max(runs.run.silent, default=0.0), 0.8, 0.6, runs.unwell)


def _saturated(runs: _Runs) -> Label:
    return _beyond(max(runs.run.flat, default=0.0), 0.6, 0.4, runs.unwell)


def _non_finite(runs: _Runs) -> Label:
    return runs.run.diverged or any(not math.isfinite(frame.gradient_norm.high) for frame in runs.run.frames)


def _too_high(runs: _Runs) -> Label:
    return False if _gains(runs, runs.higher) else _gains(runs, runs.lower)


def _too_low(runs: _Runs) -> Label:
    return False if runs.run.diverged or _gains(runs, runs.lower) else _gains(runs, runs.higher)


def _gains(runs: _Runs, others: Iterable[float]) -> Label:
    gain = max(runs.share(final) for final in others) - max(runs.learned, 0.0)
    return True if gain > 0.25 and runs.unwell else False if gain < 0.05 and not runs.unwell else None


def _oscillating(runs: _Runs) -> Label:
    late = _losses(runs.run)[len(runs.run.checkpoints) // 2 :]
    if runs.run.diverged or len(late) < 5 or not np.isfinite(late).all():
        return None
    middle = float(np.median(late))
    time = np.arange(len(late)) - np.mean(np.arange(len(late)))
    low, high = np.percentile(late - time * np.dot(time, late) / np.dot(time, time), (10, 90))
    swing = float(high - low) / middle if middle > 0 else 0.0
    falls = float(np.median(late[len(late) // 2 :])) < 0.8 * float(np.median(late[: len(late) // 2]))
    calmer = min([*runs.lower, runs.settling])
    matters = runs.learned < 0.97 and calmer < 0.7 * middle and not falls
    harmless = runs.learned >= 0.98 or (runs.unwell is False and calmer > 0.9 * middle)
    return True if swing > 0.3 and matters else False if swing < 0.15 or harmless else None


def _not_decreasing(runs: _Runs) -> Label:
    losses = _losses(runs.run)
    if runs.run.diverged or len(losses) < 8:
        return None
    quarter = len(losses) // 4
    before, after = float(np.median(losses[quarter : 2 * quarter])), float(np.median(losses[-quarter:]))
    gain = 1 - after / before if before > 0 else 1.0
    if runs.unwell is False:
        return False
    return True if gain < 0.01 and runs.unwell else False if gain > 0.05 else None


def _overfitting(runs: _Runs) -> Label:
    if runs.run.diverged or len(runs.run.checkpoints) < 5:
        return False
    if _overfits(runs.run):
        return True
    end, best = _end(runs.run), runs.run.best
    return False if end < 1.05 * best or end - best < 0.02 * runs.run.guessing else None


def _overfits(run: Outcome) -> bool:
    if not run.checkpoints or not all(math.isfinite(point.validation) for point in run.checkpoints):
        return False
    least, best = min(point.validation for point in run.checkpoints[-3:]), run.best
    return least > 1.15 * best and least - best > 0.05 * run.guessing and run.final < min(0.7 * least, _HALF_WAY * run.guessing)


def _end(run: Outcome) -> float:
    """The validation loss at the end: the median of the checkpoints in the last tenth; infinite where the run diverged."""
    losses = [point.validation for point in run.checkpoints if point.step > 0.9 * run.checkpoints[-1].step]
    return math.inf if run.diverged or not losses or not all(map(math.isfinite, losses)) else float(np.median(losses))


def _symmetric(runs: _Runs) -> Label:
    return runs.run.alike


_LABELS: dict[str, Callable[[_Runs], Label]] = {
    "vanishing-gradients": _vanishing,
    "exploding-gradients": _exploding,
    "dead-units": _dead,
    "saturated-units": _saturated,
    "non-finite": _non_finite,
    "learning-rate-too-high": _too_high,
    "learning-rate-too-low": _too_low,
    "loss-oscillating": _oscillating,
    "loss-not-decreasing": _not_decreasing,
    "overfitting": _overfitting,
    "symmetric-initialization": _symmetric,
}
_WEIGHTS = ("exploding-gradients", "symmetric-initialization")
_ROOTS = {"learning-rate-too-high": _WEIGHTS, "learning-rate-too-low": (*_WEIGHTS, "dead-units", "saturated-units")}


def _beyond(value: float, sick: float, well: float, unwell: Label) -> Label:
    """Whether a run is far gone in something and unwell; undecided between the bounds, and where it is neither well nor unwell."""
    if value < well or unwell is False:
        return False
    return True if value > sick and unwell else None


def _losses(run: Outcome) -> np.ndarray:
    return np.array([point.training for point in run.checkpoints])


def _before_half_way(runs: _Runs) -> int:
    """The last step before which the training loss had not come half the way from guessing to the best; at least the opening."""
    reached = (point.step for point in runs.run.checkpoints if runs.share(point.training) > _HALF_WAY)
    return max(_OPENING, next(reached, runs.run.frames[-1].step))


def _profile(run: Outcome, until: int) -> float:
    """The median over the first steps of the gradient at the first hidden layer, or time step, over that at the last; the more
    extreme of depth and time. NaN where there is one layer and no time.
    """
    early = [frame for frame in run.frames if frame.step <= until]
    depth = [frame.layers.get("activation_gradient", ())[:-1] for frame in early]
    found = []
    for rows in (depth, [frame.gradient_over_time for frame in early]):
        ratios = [row[0] / row[-1] for row in rows if len(row) > 1 and row[0] is not None and row[-1]]
        ratios = [ratio for ratio in ratios if math.isfinite(ratio)]
        if ratios:
            found.append(float(np.median(ratios)))
    return max(found, key=lambda factor: abs(math.log10(factor)) if factor > 0 else math.inf, default=math.nan)
