"""What rules read from a run: the newest profile over depth or time, and how far the loss has come."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gradtui.core.measured.frame import Frame
from gradtui.core.measured.history import Array
from gradtui.core.measured.profile import first_over_last, hidden
from gradtui.core.measured.run import Run

# Numbers without a source were chosen on the runs for tuning of benchmarks/rules.
LEARNED = 0.5
"""Share of guessing's loss below which a run has learned something, whatever its gradients look like."""
_RIGHT = 0.97
"""Accuracy from which little is left to learn."""
JUMP = 0.1
"""Length of a step by that of its layer's weights from which it makes other weights of them."""
RISE = 1.1
"""Validation loss by its best before from which it has risen."""
_RECENT = 20
"""Newest frames whose median loss is the present one."""
_LASTING = 5
"""Newest frames whose median ratio of gradients is the present one."""
_PACE_FRAMES, _PACE_LEAST = 200, 14
"""Newest frames that a pace is read from at most, and at least."""
_COME_BACK = 0.5
"""Share of the run after which dead or saturated units do not come back by themselves."""
_FALLING = 0.97
"""Later by earlier loss below which a loss falls."""
_VALIDATIONS, _NEWEST_VALIDATIONS = 5, 3
"""Validations that it takes to tell how validation goes, and the newest of them that there are at least."""
_NEWEST_PART = 0.75
"""Share of the run from which validations are the newest."""
_LEVEL = 50.0
"""First by last gradient within which gradients are of one size over depth, up or down."""
_FAR = 10.0
"""First loss by that of guessing above which large weights made it."""
_GONE = 0.7
"""Share of a layer's units, dead or saturated, from which its gradient stops there."""


@dataclass(frozen=True)
class Profile:
    """A quantity by hidden layer, or by time step, from the input on; the numbers are those that were measured."""

    names: tuple[str, ...]
    values: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """The first number by the last one; NaN where that says nothing."""
        first, last = self.values[0], self.values[-1]
        return first_over_last(self.values) if last > 0 and math.isfinite(first) and math.isfinite(last) else math.nan


def lasting_ratio(run: Run) -> float:
    """The gradient at the first hidden layer by that at the last one: the median over the newest frames."""
    series = run.history.layers.get("activation_gradient")
    return math.nan if series is None else _median_ratio(run, series.last[-_LASTING:])


def usual_ratio(run: Run) -> float:
    """The same as the median over the whole run: what gradients were like most of the time."""
    series = run.history.layers.get("activation_gradient")
    return math.nan if series is None else _median_ratio(run, series.last)


def _median_ratio(run: Run, rows: Array) -> float:
    hidden = rows[:, : len(run.layers) - 1]
    if not hidden.shape[1]:
        return math.nan
    with np.errstate(all="ignore"):
        ratios = np.where(hidden[:, -1] > 0, hidden[:, 0] / hidden[:, -1], np.nan)
    ratios = ratios[np.isfinite(ratios)]
    return float(np.median(ratios)) if len(ratios) else math.nan


def profile(frame: Frame | None, quantity: str, run: Run) -> Profile | None:
    """A quantity over the hidden layers that have it; None where it was not measured."""
    return _profile(run, hidden(frame, quantity))


def _profile(run: Run, values: Sequence[float | None]) -> Profile | None:
    pairs = [(name, value) for name, value in zip(run.layers[:-1], values, strict=False) if value is not None]
    return Profile(*zip(*pairs, strict=True)) if pairs else None


def newest_profile(run: Run) -> Profile | None:
    """The gradient over the hidden layers in the newest frame that has numbers; None before there is one."""
    series = run.history.layers.get("activation_gradient")
    if series is None:
        return None
    hidden = series.last[:, : len(run.layers) - 1]
    rows = hidden[np.isfinite(hidden).all(1)]
    return _profile(run, rows[-1].tolist()) if len(rows) else None


def over_time(frame: Frame | None) -> Profile | None:
    """The gradient that reaches the last hidden layer by time step; None where nothing recurs."""
    values = frame.gradient_over_time if frame else ()
    return Profile(tuple(str(at + 1) for at in range(len(values))), values) if len(values) > 1 else None


def recent_loss(run: Run) -> float:
    """The median loss of the newest frames; NaN before the first one."""
    losses = run.history.loss.last[-_RECENT:, 0].tolist()
    return statistics.median(losses) if losses else math.nan


def first_loss(run: Run) -> float:
    """The loss at the first step; NaN before it."""
    return run.history.first.loss.last if run.history.first else math.nan


def guessing(run: Run) -> float:
    """The loss of having learned nothing: of the best constant answer, or the first one where that is not known."""
    return run.guessing if run.guessing > 0 and math.isfinite(run.guessing) else first_loss(run)


def remaining(run: Run) -> float:
    """The recent loss as a share of that of guessing; NaN where there is none or guessing is no measure."""
    whole = guessing(run)
    return recent_loss(run) / whole if math.isfinite(whole) and whole > 0 else math.nan


def learned(run: Run) -> bool:
    """Whether the loss has fallen far below that of guessing, or nearly everything comes out right."""
    return remaining(run) < LEARNED or _accuracy(run) >= _RIGHT


def had_learned(run: Run) -> bool:
    """Whether it has learned, or had before: what came later is the steps' doing, not that of the weights."""
    losses = run.history.validation_loss.last[:, 0]
    finite = losses[np.isfinite(losses)]
    return learned(run) or (len(finite) > 0 and float(finite.min()) < LEARNED * guessing(run))


def _accuracy(run: Run) -> float:
    last = run.history.last
    return last.validation_accuracy if last and last.validation_accuracy is not None else 0.0


def settled(run: Run, share: float = 0.25) -> bool:
    """Whether a share of the run is over, so that what has not come by itself is worth a warning: a hundred steps at the least,
    a thousand are enough.
    """
    newest = run.history.newest
    return newest is not None and newest.step >= min(max(100, share * run.experiment.run.steps), 1000)


@dataclass(frozen=True)
class Steps:
    """Updates relative to the weights that they change, as medians over the newest frames: `longest` of the layer with the longest
    ones, `typical` of the layer in the middle, over frames of the newer half of the run alone.
    """

    typical: float
    longest: float


def typical_steps(run: Run) -> Steps | None:
    """The length of the newest steps; None where none was measured."""
    series = run.history.layers.get("update_ratio")
    if series is None:
        return None
    since = int(np.searchsorted(series.steps, series.steps[-1] // 2, side="right"))
    recent = series.last[-_RECENT:]
    newer, longest = medians(recent[-max(1, len(series) - since) :]), _largest(recent)
    newer, longest = newer[~np.isnan(newer)], longest[~np.isnan(longest)]
    return Steps(float(np.median(newer)), float(np.median(longest))) if len(newer) else None


def medians(rows: Array) -> Array:
    """The median of the finite numbers of each row, NaN where it has none. `rows` are [rows, numbers]."""
    ordered = np.sort(np.where(np.isfinite(rows), rows, np.nan), axis=1)
    counts = np.isfinite(ordered).sum(axis=1)
    middles = (ordered[np.arange(len(rows)), np.maximum(at, 0)] for at in ((counts - 1) // 2, counts // 2 - (counts == 0)))
    lower, upper = middles
    found: Array = np.where(counts > 0, (lower + upper) / 2, np.nan)
    return found


def _largest(rows: Array) -> Array:
    """The largest of the finite numbers of each row, NaN where it has none."""
    finite = np.isfinite(rows)
    found: Array = np.where(finite.any(axis=1), np.where(finite, rows, -np.inf).max(axis=1), np.nan)
    return found


def jumped(run: Run, least: float = JUMP) -> bool:
    """Whether a step was ever so long that it made other weights of those of a typical layer."""
    series = run.history.layers.get("update_ratio")
    if series is None or not len(series):
        return False
    return bool((medians(series.high) > least).any())


def began_level(run: Run) -> bool:
    """Whether gradients were of one size over depth at the first step."""
    seen = profile(run.history.first, "activation_gradient", run)
    return seen is None or len(seen.values) < 2 or 1 / _LEVEL < seen.ratio < _LEVEL


def began_far(run: Run) -> bool:
    """Whether the first loss was far above that of guessing, as large weights make it."""
    return first_loss(run) > _FAR * guessing(run)


def gone(run: Run, *quantities: str) -> bool:
    """Whether by now most units of a layer are what a quantity ("dead", "saturated") counts, and weights alone do not explain it:
    gradients stop there.
    """
    shares = (profile(run.history.last, quantity, run) for quantity in quantities)
    return (began_level(run) or jumped(run)) and any(seen is not None and max(seen.values) >= _GONE for seen in shares)


@dataclass(frozen=True)
class Pace:
    """How the loss moves over the newer half of the run, in means between frames: `trend` is its later by its earlier half, `swing`
    the spread of its changes from frame to frame, relative to the level.
    """

    trend: float
    swing: float


def pace(run: Run) -> Pace | None:
    """The pace of the loss; None before there are points enough, or where they are no numbers."""
    since = max(len(run.history.mean_loss) // 2, len(run.history.mean_loss) - _PACE_FRAMES)
    newer = run.history.mean_loss.last[since:, 0]
    if len(newer) < _PACE_LEAST or not np.isfinite(newer).all() or not (newer > 0).all():
        return None
    earlier, later = (float(np.median(half)) for half in np.array_split(newer, 2))
    return Pace(later / earlier, float(np.diff(newer).std()) / float(np.median(newer)))


@dataclass(frozen=True)
class Generalization:
    """Validation: `best` is its least loss before the newest quarter of the run, `at` the step of the least of all, `now` the
    least in that quarter.
    """

    best: float
    at: int
    now: float


def generalization(run: Run) -> Generalization | None:
    """How validation goes; None before there are losses enough, or where they are no numbers."""
    series = run.history.validation_loss
    if len(series) < _VALIDATIONS or not np.isfinite(series.last).all():
        return None
    losses, steps = series.last[:, 0], series.steps
    since = min(len(series) - _NEWEST_VALIDATIONS, int(np.searchsorted(steps, _NEWEST_PART * steps[-1])))
    return Generalization(float(losses[:since].min()), int(steps[int(losses.argmin())]), float(losses[since:].min()))


def early(run: Run) -> bool:
    """Whether units may still come back by themselves: the loss falls, or few steps have been made, and more will be."""
    newest = run.history.newest
    if newest is not None and not math.isfinite(newest.loss.last):
        return False
    seen = pace(run)
    return not settled(run) or (not settled(run, _COME_BACK) and (seen is None or seen.trend < _FALLING))


def between(names: tuple[str, ...]) -> str:
    """Layers in words: "layer 3", "layers 1 to 12"."""
    return f"layer {names[0]}" if len(names) == 1 else f"layers {names[0]} to {names[-1]}"
