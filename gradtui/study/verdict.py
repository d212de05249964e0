"""The verdict of a study: how its entrants stand, and which of them can be told apart. Never a bare winner."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

from gradtui.core.measured.result import JUDGES, Result, badness
from gradtui.study.cells import Results
from gradtui.study.search import measured, tuned
from gradtui.study.statistics import beats, corrected_t, differences, holm, quantile, signed_rank
from gradtui.study.study import Study

Told = Literal["clear", "leaning", "not told apart"]
_MEANINGFUL, _CLEAR, _LEANING = 0.75, 0.05, 0.1
"""The probability of beating from which a difference means something (Bouthillier 2021), and p-values: corrected for their number,
and not, for a leaning.
"""


@dataclass(frozen=True)
class Standing:
    """An entrant at its best point, over the cells on which it was measured. `values` are what it is judged by, as they are told,
    and `badness` the same so that less is better; one a seed and fold. `to_target` are steps, infinite where it was never reached.
    """

    entrant: int
    best: Mapping[str, Any]
    at_edge: bool
    results: tuple[Result, ...]
    values: tuple[float, ...]
    badness: tuple[float, ...]
    to_target: tuple[float, ...] = ()

    @property
    def median(self) -> float:
        """The median value."""
        return quantile(self.values, 0.5)

    @property
    def quartiles(self) -> tuple[float, float]:
        """The values at a quarter and at three quarters."""
        return quantile(self.values, 0.25), quantile(self.values, 0.75)

    @property
    def test(self) -> float | None:
        """The median test loss: of examples that chose nothing."""
        known = [math.inf if result.status != "done" else result.test_loss for result in self.results]
        return quantile([value for value in known if value is not None], 0.5) if any(v is not None for v in known) else None

    @property
    def diverged(self) -> int:
        """Cells whose loss was no number in the end."""
        return sum(result.status == "diverged" for result in self.results)

    @property
    def missed(self) -> int:
        """Cells that never reached the target."""
        return sum(math.isinf(steps) for steps in self.to_target)

    @property
    def optimizer_us(self) -> float | None:
        """Microseconds that a step of the optimizer alone takes."""
        known = [result.optimizer_us for result in self.results if result.optimizer_us is not None]
        return statistics.median(known) if known else None

    @property
    def findings(self) -> tuple[str, ...]:
        """Rules in force at the end of at least half of the cells."""
        counted = Counter(rule for result in self.results for rule in result.findings)
        return tuple(rule for rule, count in counted.items() if 2 * count >= len(self.results))


@dataclass(frozen=True)
class Pair:
    """Two standings by their place: how probable it is that the first beats the second, and whether that is told apart."""

    a: int
    b: int
    probability: float
    p_value: float
    verdict: Told


def standings(study: Study, results: Results) -> tuple[Standing, ...]:
    """The entrants whose best point is known and measured, the best first; target and steps to it are of those."""
    found = [standing for at in range(len(study.entrants)) if (standing := _standing(study, at, results)) is not None]
    goal = target(study, found)
    reached = [_with_target(standing, goal) for standing in found]
    return tuple(sorted(reached, key=lambda standing: (quantile(standing.badness, 0.5), statistics.fmean(standing.badness))))


def target(study: Study, found: Sequence[Standing]) -> float | None:
    """The validation loss to reach: the study's own, or the median of the entrants' medians, which half of them reach."""
    if study.target is not None:
        return study.target
    medians = [quantile([_loss(result) for result in standing.results], 0.5) for standing in found]
    known = [median for median in medians if math.isfinite(median)]
    return statistics.median_high(known) if known else None


def pairs(study: Study, found: Sequence[Standing]) -> tuple[Pair, ...]:
    """All pairs of standings, paired by seed and fold, their p-values corrected by Holm for their number."""
    order = list(combinations(range(len(found)), 2))
    tie = _tie(study, found)
    p_values = [_p_value(study, differences(found[a].badness, found[b].badness, tie)) for a, b in order]
    told = []
    for (a, b), raw, corrected in zip(order, p_values, holm(p_values), strict=True):
        probability = beats(found[a].badness, found[b].badness, tie)
        decided = max(probability, 1 - probability) >= _MEANINGFUL
        verdict: Told = "not told apart"
        if decided:
            verdict = "clear" if corrected <= _CLEAR else "leaning" if raw <= _LEANING else "not told apart"
        told.append(Pair(a, b, probability, corrected, verdict))
    return tuple(told)


def _p_value(study: Study, found: Sequence[float]) -> float:
    return corrected_t(found, study.folds) if study.folds else signed_rank(found)


def _tie(study: Study, found: Sequence[Standing]) -> float:
    """Shares of right examples that differ by less than one example are equal."""
    if not JUDGES[study.by].accuracy:
        return 0.0
    counts = [result.validation_samples for standing in found for result in standing.results if result.validation_samples]
    return 0.999 / min(counts, default=1)


def _standing(study: Study, entrant: int, results: Results) -> Standing | None:
    search = tuned(study, entrant, results)
    if search.best is None:
        return None
    cells = measured(study, entrant, search.best)
    if any(cell.name not in results for cell in cells):
        return None
    done = tuple(results[cell.name] for cell in cells)
    bad = tuple(badness(result, study.by) for result in done)
    values = tuple(1 - value if JUDGES[study.by].accuracy and math.isfinite(value) else value for value in bad)
    if JUDGES[study.by].accuracy:
        values = tuple(0.0 if math.isinf(value) else value for value in values)
    return Standing(entrant, search.best, search.at_edge, done, values, bad)


def _with_target(standing: Standing, goal: float | None) -> Standing:
    steps = tuple(_steps_to(result, goal) for result in standing.results) if goal is not None else ()
    return Standing(standing.entrant, standing.best, standing.at_edge, standing.results, standing.values, standing.badness, steps)


def _steps_to(result: Result, goal: float) -> float:
    """The first step at which the validation loss was measured and at most this."""
    for step, _, validation in result.curve:
        if validation is not None and validation <= goal:
            return float(step)
    return math.inf


def _loss(result: Result) -> float:
    return badness(result, "validation_loss")
