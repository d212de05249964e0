"""A learning rate for an experiment: fixed rates side by side, and beside them the range test with its three marks.

Sources: Smith 2017 (the range test); fastai's valley; the derivative is by the logarithm of the rate, as the test's rates are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gradtui.catalog.optimizers import OPTIMIZERS
from gradtui.core.experiments.experiment import Experiment
from gradtui.core.experiments.part import WHOLE
from gradtui.core.frozen import Frozen
from gradtui.core.measured.frame import Number
from gradtui.core.measured.history import Array
from gradtui.core.measured.result import Result, badness
from gradtui.core.text import exact, number
from gradtui.study.cells import Cell, Live, Results, newest
from gradtui.study.statistics import quantile
from gradtui.study.study import RATE

RATES, SEEDS, STEPS = 24, 3, 200
"""Fixed rates, seeds of each, and steps at most."""
_BELOW, _ABOVE = 3.5, 2.25
"""Decades of rates below and above the optimizer's default."""
_SWEEP = 120
"""Steps of the range test."""
_MEMORY, _BEYOND = 0.9, 4.0
"""What the average of its losses keeps from step to step, and by what it may exceed the least before the rest is left out."""
_SHARE = 0.1
"""Part of the whole fall, in logarithms, within which a smaller rate is as good as the best."""
_NO_BETTER = 0.97
"""Share of the best constant answer's loss above which nothing was learned."""
_LEAST, _TINY = 0.02, 1e-300
"""The least fall, in logarithms, that is one; and the loss that stands for smaller ones."""


@dataclass(frozen=True)
class Finder:
    """What is asked: a rate for an experiment, by so many steps. The schedule is left out: what is sought is the rate it scales."""

    experiment: Experiment
    steps: int
    seeds: int = SEEDS

    @property
    def rates(self) -> tuple[float, ...]:
        """The fixed rates, ascending."""
        parameter = next(p for p in OPTIMIZERS[self.experiment.optimizer.name].parameters if p.name == "learning_rate")
        default = float(parameter.default)  # type: ignore[arg-type]
        high = min(default * 10**_ABOVE, parameter.maximum or math.inf)
        return tuple(float(f"{rate:.3g}") for rate in np.geomspace(default * 10**-_BELOW, high, RATES))


class Fixed(Frozen):
    """What fixed rate ends where: the median, least and largest validation loss over seeds, those that diverged infinite."""

    rate: Number
    median: Number
    low: Number
    high: Number
    diverged: int


class RangeTest(Frozen):
    """The mean smoothed training loss while the rate grows, and the three marks on it; None where it shows none."""

    rates: tuple[Number, ...]
    losses: tuple[Number, ...]
    valley: Number | None
    steepest: Number | None
    minimum_tenth: Number | None


class Found(Frozen):
    """The rate that is suggested and why, or None and why there is none, with the curves that say so."""

    suggested: Number | None
    why: str
    steps: int
    seeds: int
    seconds: Number
    curve: tuple[Fixed, ...]
    range_test: RangeTest


def finder(experiment: Experiment, steps: int | None = None) -> Finder:
    """The search for an experiment's rate, by as many steps as it has or 200, whichever is less, unless it is said."""
    return Finder(experiment.changed({"schedule.name": "constant"}), steps or min(STEPS, experiment.run.steps))


def cells(asked: Finder) -> tuple[Cell, ...]:
    """The cells of the fixed rates, seed by seed, then those of the range test."""
    return (*(cell for of_rate in fixed(asked) for cell in of_rate), *sweeps(asked))


def fixed(asked: Finder) -> tuple[tuple[Cell, ...], ...]:
    """The cells of each rate, one a seed."""
    return tuple(
        tuple(Cell(0, {RATE: rate}, "search", one.changed({RATE: rate, "run.steps": asked.steps}), WHOLE) for one in _seeded(asked))
        for rate in asked.rates
    )


def sweeps(asked: Finder) -> tuple[Cell, ...]:
    """The cells of the range test, one a seed."""
    ends = asked.rates[0], asked.rates[-1]
    return tuple(Cell(0, {}, "search", one.changed({"run.steps": _SWEEP}), WHOLE, ends) for one in _seeded(asked))


def _seeded(asked: Finder) -> list[Experiment]:
    own = asked.experiment.run.seed
    return [asked.experiment.changed({"run.seed": (own + seed) % 2**32}) for seed in range(asked.seeds)]


def so_far(asked: Finder, results: Results, live: Live) -> tuple[Fixed, ...]:
    """What the fixed rates come to, those under way as they stand; without rates of which nothing is known."""
    every = [[newest(cell, "validation_loss", results, live) for cell in of_rate] for of_rate in fixed(asked)]
    ends = [[value for value in losses if value is not None] for losses in every]
    return tuple(
        Fixed(rate=rate, median=quantile(losses, 0.5), low=min(losses), high=max(losses), diverged=sum(map(math.isinf, losses)))
        for rate, losses in zip(asked.rates, ends, strict=True)
        if losses
    )


def found(asked: Finder, results: Results, seconds: float) -> Found:
    """What the cells show. All of them must be known."""
    ends = [[badness(results[cell.name], "validation_loss") for cell in of_rate] for of_rate in fixed(asked)]
    curve = so_far(asked, results, {})
    known = [results[cell.name].guessing for of_rate in fixed(asked) for cell in of_rate]
    guessing = quantile([value for value in known if value is not None] or [math.nan], 0.5)
    suggested, why = suggestion(asked.rates, ends, guessing)
    test = range_test([results[cell.name] for cell in sweeps(asked)], (asked.rates[0], asked.rates[-1]))
    if suggested is None:
        test = test.model_copy(update={"valley": None, "steepest": None, "minimum_tenth": None})
    return Found(suggested=suggested, why=why, steps=asked.steps, seeds=asked.seeds, seconds=seconds, curve=curve, range_test=test)


def suggestion(rates: Sequence[float], ends: Sequence[Sequence[float]], guessing: float) -> tuple[float | None, str]:
    """The rate to take and why, from the final losses by rate and seed, and that of the best constant answer; None and why where
    there is no dip to speak of.
    """
    start, medians = ends[0], [quantile(losses, 0.5) for losses in ends]
    if not all(map(math.isfinite, start)):
        return None, f"Even the smallest rate, {exact(rates[0])}, diverges: something else is wrong."
    best = min(range(len(rates)), key=medians.__getitem__)
    falls = [_log(before) - _log(after) for before, after in zip(start, ends[best], strict=True)]
    fall, spread = quantile(falls, 0.5), (max(falls) - min(falls)) / 2
    if min(falls) <= 0 or not fall > max(spread, _LEAST):
        return None, (
            f"The loss never falls by more than its own spread: by a factor of {number(math.exp(fall))} at best, and over seeds by "
            f"{number(math.exp(min(falls)))} to {number(math.exp(max(falls)))}. No rate helps by itself, or more steps are needed."
        )
    if medians[best] >= _NO_BETTER * guessing:
        return None, (
            f"No rate gets below {number(guessing)}, the loss of the best constant answer: nothing but that was learned. "
            "It takes more steps, or something other than the rate is wrong."
        )
    near = math.exp(_log(medians[best]) + _SHARE * (_log(medians[0]) - _log(medians[best])))
    chosen = next(at for at in range(best + 1) if medians[at] <= near)
    lost = next((at for at in range(best, len(rates)) if not math.isfinite(medians[at])), None)
    why = f"The smallest rate that comes within a tenth of the best fall, {number(medians[chosen])} from {number(medians[0])}."
    if chosen != best:
        why += f" The least loss, {number(medians[best])}, is at {exact(rates[best])}."
    if best == len(rates) - 1:
        why += " That is the largest rate tried: a larger one may do better."
    elif lost is not None:
        why += f" From {exact(rates[lost])} on, half of the runs or more diverge."
    return rates[chosen], why


def _log(loss: float) -> float:
    return math.log(max(loss, _TINY)) if loss < math.inf else math.inf


def range_test(results: Sequence[Result], ends: tuple[float, float]) -> RangeTest:
    """The losses of the sweeps, smoothed in each and averaged, up to where they are lost; and the marks."""
    steps = min(len(result.curve) for result in results)
    if not steps:
        return RangeTest(rates=(), losses=(), valley=None, steepest=None, minimum_tenth=None)
    smooth = np.mean([_smoothed([moment[1] for moment in result.curve[:steps]]) for result in results], axis=0)
    rates = np.geomspace(*ends, _SWEEP)[:steps]
    least = math.inf
    kept = steps
    for at, loss in enumerate(smooth):
        least = min(least, loss) if math.isfinite(loss) else least
        if not loss <= _BEYOND * least:
            kept = at
            break
    rates, smooth = rates[:kept], smooth[:kept]
    known = kept >= 3
    return RangeTest(
        rates=tuple(map(float, rates)),
        losses=tuple(map(float, smooth)),
        valley=float(rates[valley(smooth)]) if known else None,
        steepest=float(rates[steepest(rates, smooth)]) if known else None,
        minimum_tenth=float(rates[int(np.argmin(smooth))]) / 10 if known else None,
    )


def valley(losses: Sequence[float] | Array) -> int:
    """The middle of the longest decreasing subsequence, from its first member to its last: the centre of its central third."""
    longest, before = [1] * len(losses), [-1] * len(losses)
    for at in range(len(losses)):
        for older in range(at):
            if losses[older] > losses[at] and longest[older] + 1 > longest[at]:
                longest[at], before[at] = longest[older] + 1, older
    last = first = max(range(len(losses)), key=longest.__getitem__)
    while before[first] >= 0:
        first = before[first]
    third = (last - first) / 3
    return first + int(third) + int(third / 2)


def steepest(rates: Sequence[float] | Array, losses: Sequence[float] | Array) -> int:
    """Where the loss falls most by the logarithm of the rate. The first tenth is left out: there the average is of few losses."""
    first = len(losses) // 10
    return first + int(np.argmin(np.gradient(np.asarray(losses), np.log(np.asarray(rates)))[first:]))


def _smoothed(losses: Sequence[float]) -> list[float]:
    """An average that forgets, without the pull of its beginning."""
    smooth, value = [], 0.0
    for count, loss in enumerate(losses, 1):
        value = _MEMORY * value + (1 - _MEMORY) * loss
        smooth.append(value / (1 - _MEMORY**count))
    return smooth


def in_words(shown: Found) -> str:
    """What was found as a person reads it in a terminal."""
    if shown.suggested is not None:
        head = f"Learning rate {exact(shown.suggested)}. {shown.why}"
    else:
        head = f"No learning rate is suggested. {shown.why}"
    lines = [head, "", f"{'rate':>10}  {'median':>10}  {'least':>10}  {'largest':>10}  diverged"]
    for one in shown.curve:
        mark = "  <" if one.rate == shown.suggested else ""
        lost = f"{one.diverged} of {shown.seeds}" if one.diverged else "-"
        losses = "  ".join(f"{number(loss):>10}" for loss in (one.median, one.low, one.high))
        lines.append(f"{exact(one.rate):>10}  {losses}  {lost}{mark}")
    test = shown.range_test
    marks = (
        ("valley", test.valley, "the middle of the longest fall"),
        ("steepest", test.steepest, "where it falls most by the rate's logarithm"),
        ("minimum / 10", test.minimum_tenth, "a tenth of the rate of the least loss, which the average lags behind"),
    )
    lines += ["", f"Range test, {len(test.rates)} steps:"]
    lines += [f"  {name:14}{number(value):>10}  {why}" for name, value, why in marks if value is not None]
    if all(value is None for _, value, _ in marks):
        lines.append("  no mark is named")
    return "\n".join(lines)
