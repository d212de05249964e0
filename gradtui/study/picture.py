"""A study as curves: the loss of each entrant over steps, and over the rates that were tried."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gradtui.core.measured.history import Array
from gradtui.core.measured.result import JUDGES, Result, badness
from gradtui.study.cells import Cell, Live, Results, newest
from gradtui.study.search import measured, tuned
from gradtui.study.statistics import quantile
from gradtui.study.study import RATE, Study

_POINTS = 120


@dataclass(frozen=True, eq=False)
class Band:
    """An entrant's numbers over steps or rates: median and quartiles. `lost` are the places where runs diverged."""

    entrant: int
    x: Array
    median: Array
    low: Array
    high: Array
    lost: tuple[float, ...] = ()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Band):
            return NotImplemented
        arrays = ("x", "median", "low", "high")
        same = all(np.array_equal(getattr(self, name), getattr(other, name)) for name in arrays)
        return same and (self.entrant, self.lost) == (other.entrant, other.lost)

    __hash__ = None  # type: ignore[assignment]


def over_steps(study: Study, results: Results, live: Live) -> tuple[Band, ...]:
    """What each entrant's best point so far comes to over steps, as far as all of its cells are known."""
    found = []
    for entrant in range(len(study.entrants)):
        cells = _best_cells(study, entrant, results, live)
        if cells and (band := _band(entrant, [_curve(cell, study, results, live) for cell in cells])) is not None:
            found.append(band)
    return tuple(found)


def over_rates(study: Study, results: Results, live: Live) -> tuple[Band, ...]:
    """What each entrant comes to by rate, of all its cells, those under way as they stand; where one diverged is told."""
    found = []
    for entrant in range(len(study.entrants)):
        by_rate: dict[float, list[float]] = {}
        for cell in _every(study, entrant, results):
            value = newest(cell, study.by, results, live)
            if value is not None and not _stopped(cell, results):
                by_rate.setdefault(cell.experiment.optimizer.learning_rate, []).append(value)
        if by_rate:
            found.append(_sensitivity(entrant, by_rate))
    return tuple(found)


def racing_rates(study: Study) -> bool:
    """Whether rates differ within entrants, so that there is something to draw over them."""
    return study.mode == "tuned" or any(one.key == RATE for one in study.varied)


def _every(study: Study, entrant: int, results: Results) -> list[Cell]:
    search = tuned(study, entrant, results)
    own = measured(study, entrant, search.best) if search.best is not None else ()
    return list({cell.name: cell for cell in (*search.cells, *own)}.values())


def _best_cells(study: Study, entrant: int, results: Results, live: Live) -> list[Cell]:
    """The cells of the point that stands best by its newest numbers, those that measure it where they have begun."""
    points: dict[tuple[str, str], list[Cell]] = {}
    for cell in _every(study, entrant, results):
        if cell.name in results or live.get(cell.name):
            points.setdefault((cell.purpose, str(sorted(cell.point.items()))), []).append(cell)
    measuring = {key: cells for key, cells in points.items() if key[0] == "measure"}
    candidates = list((measuring or points).values())
    if not candidates:
        return []
    return min(candidates, key=lambda cells: quantile([newest(cell, study.by, results, live) or 0.0 for cell in cells], 0.5))


def _stopped(cell: Cell, results: Results) -> bool:
    return cell.name in results and results[cell.name].status in ("stopped", "failed")


def _curve(cell: Cell, study: Study, results: Results, live: Live) -> list[tuple[float, float]]:
    """Steps and losses of a cell; accuracies have no curve, so the validation loss stands for them."""
    moments = results[cell.name].curve if cell.name in results else live.get(cell.name, ())
    losses = [(step, loss if study.by == "loss" else validation) for step, loss, validation in moments]
    return [(float(step), value) for step, value in losses if value is not None and math.isfinite(value)]


def _band(entrant: int, curves: Sequence[Sequence[tuple[float, float]]]) -> Band | None:
    known = [np.array(curve).T for curve in curves if len(curve) > 1]
    if not known:
        return None
    first, last = max(curve[0, 0] for curve in known), min(curve[0, -1] for curve in known)
    if not first < last:
        return None
    steps = np.linspace(first, last, _POINTS)
    losses = np.stack([np.interp(steps, *curve) for curve in known])
    low, median, high = np.quantile(losses, (0.25, 0.5, 0.75), axis=0)
    return Band(entrant, steps, median, low, high)


def _sensitivity(entrant: int, by_rate: Mapping[float, Sequence[float]]) -> Band:
    rates = sorted(by_rate)
    kept = [rate for rate in rates if math.isfinite(quantile(by_rate[rate], 0.5))]
    rows = [[min(quantile(by_rate[rate], share), 1e308) for rate in kept] for share in (0.5, 0.25, 0.75)]
    median, low, high = (np.array(row) for row in rows)
    lost = tuple(rate for rate in rates if any(map(math.isinf, by_rate[rate])))
    return Band(entrant, np.array(kept), median, low, high, lost)


def judged(result: Result, by: str) -> float:
    """What a cell came to, as it is told: an accuracy where it is judged by one."""
    bad = badness(result, by)
    return 1 - bad if JUDGES[by].accuracy and math.isfinite(bad) else bad
