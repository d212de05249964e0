"""Which cells a study wants next, by what is known: all of a grid at once; where rates are tuned, stage by stage.

A tuned entrant gets nine rates over four decades around its optimizer's default, two a decade. Where the best lies at an edge, a
decade is added there, at most twice. Then the six rates between the best and its neighbours, and the best of all is measured on
seeds that did not choose it.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from gradtui.catalog.optimizers import OPTIMIZERS
from gradtui.core.experiments.part import Part
from gradtui.core.measured.result import badness
from gradtui.study.cells import Cell, Purpose, Results
from gradtui.study.study import MOST_CELLS, RATE, SEARCHED, Study

_SEEDS = 2**32
_FINE = 8
"""Places of a rate in a decade."""
_COARSE, _SPAN, _DECADE = 4, 16, 8
"""Places from one rate to the next at first, from the default to either edge, and by which an edge is moved."""
_EXTENSIONS = 2
_WEIGHTS = {-2: 1, -1: 2, 0: 3, 1: 2, 2: 1}
"""How much the loss of a rate counts so many fine steps away."""


@dataclass(frozen=True)
class Tuned:
    """How far the search for an entrant's rate is: the cells made, the point that is best so far, whether it lies at the edge of
    what was searched, and the cells still wanted for it.
    """

    cells: tuple[Cell, ...]
    best: Mapping[str, Any] | None
    at_edge: bool
    wanted: tuple[Cell, ...]


def wanted(study: Study, results: Results) -> tuple[Cell, ...]:
    """The cells to do next: none where the study is done."""
    cells = [cell for entrant in range(len(study.entrants)) for cell in entrant_wants(study, entrant, results)]
    searching = [cell for cell in cells if cell.purpose == "search"]
    return tuple({cell.name: cell for cell in searching or cells}.values())


def entrant_wants(study: Study, entrant: int, results: Results) -> tuple[Cell, ...]:
    """The cells to do next for one entrant."""
    found = tuned(study, entrant, results)
    if found.wanted or found.best is None:
        return found.wanted
    return tuple(cell for cell in measured(study, entrant, found.best) if cell.name not in results)


def tuned(study: Study, entrant: int, results: Results) -> Tuned:
    """The search for an entrant's best point. A grid's cells are searched and measured in one."""
    if study.mode != "tuned":
        cells = tuple(cell for point in study.points[entrant] for cell in measured(study, entrant, point))
        open_ = tuple(cell for cell in cells if cell.name not in results)
        best = (
            None if open_ else min(study.points[entrant], key=lambda point: _mean(measured(study, entrant, point), study, results))
        )
        return Tuned(cells, best, not open_ and _at_edge_of_grid(study, best), open_)
    found = [_rates(study, entrant, point, results) for point in study.points[entrant]]
    cells = tuple(cell for one in found for cell in one.cells)
    open_ = tuple(cell for one in found for cell in one.wanted)
    if open_:
        return Tuned(cells, None, False, open_)
    best_of = min(found, key=lambda one: _mean(_at(study, entrant, one.best or {}), study, results))
    return Tuned(cells, best_of.best, best_of.at_edge, ())


def measured(study: Study, entrant: int, point: Mapping[str, Any]) -> tuple[Cell, ...]:
    """The cells on which a point is measured."""
    start = _searched(study) if study.mode == "tuned" else 0
    purpose: Purpose = "search" if study.mode == "grid" else "measure"
    return _cells(study, entrant, point, purpose, range(start, start + study.seeds))


def _searched(study: Study) -> int:
    """Seeds that rates are searched on: with folds each has several cells already."""
    return 1 if study.folds else SEARCHED


def _at(study: Study, entrant: int, point: Mapping[str, Any]) -> tuple[Cell, ...]:
    return _cells(study, entrant, point, "search", range(_searched(study)))


def _cells(study: Study, entrant: int, point: Mapping[str, Any], purpose: Purpose, seeds: Iterable[int]) -> tuple[Cell, ...]:
    return _made(study, entrant, tuple(point.items()), purpose, tuple(seeds))


@lru_cache(maxsize=4 * MOST_CELLS)
def _made(
    study: Study, entrant: int, point: tuple[tuple[str, Any], ...], purpose: Purpose, seeds: tuple[int, ...]
) -> tuple[Cell, ...]:
    """The cells of a point; made once, for a search asks for them again and again."""
    base, own = study.bases[entrant], study.experiment.run.seed
    parts = [Part(folds=study.folds, fold=fold, test=True) for fold in range(study.folds)] or [Part(test=True)]
    made = [base.changed({**dict(point), "run.seed": (own + seed) % _SEEDS}) for seed in seeds]
    return tuple(Cell(entrant, dict(point), purpose, one, part) for one in made for part in parts)


def _rates(study: Study, entrant: int, point: Mapping[str, Any], results: Results) -> Tuned:
    """The search over rates beside what else varies."""
    name = study.bases[entrant].changed(point).optimizer.name
    centre = next(parameter for parameter in OPTIMIZERS[name].parameters if parameter.name == "learning_rate")
    default, most = float(centre.default), centre.maximum or math.inf  # type: ignore[arg-type]

    def at(place: int) -> dict[str, Any]:
        return {**point, RATE: float(f"{default * 10 ** (place / _FINE):.3g}")}

    def known(places: Sequence[int]) -> Tuned:
        cells = {place: _at(study, entrant, at(place)) for place in places}
        every = tuple(cell for some in cells.values() for cell in some)
        open_ = tuple(cell for cell in every if cell.name not in results)
        if open_:
            return Tuned(every, None, False, open_)
        means = {place: _mean(some, study, results) for place, some in cells.items()}
        best = min(places, key=lambda place: (_smoothed(means, place), abs(place)))
        return Tuned(every, at(best), best in (min(places), max(places)), ())

    low, high = -_SPAN, _SPAN
    found = known(range(low, high + 1, _COARSE))
    for _ in range(_EXTENSIONS):
        if found.wanted or found.best is None or not found.at_edge:
            break
        if found.best == at(low):
            low -= _DECADE
        elif default * 10 ** ((high + _DECADE) / _FINE) <= most:
            high += _DECADE
        else:
            break
        found = known(range(low, high + 1, _COARSE))
    if found.wanted or found.at_edge:
        return found
    best = next(place for place in range(low, high + 1, _COARSE) if at(place) == found.best)
    return known(sorted({*range(low, high + 1, _COARSE), *range(best - _COARSE + 1, best + _COARSE)}))


def _smoothed(means: Mapping[int, float], place: int) -> float:
    """The geometric mean of a rate's loss and those of its neighbours up to two fine steps away, the nearer ones counting for more:
    two seeds alone tell rates apart by chance. Neighbours that diverged are left out.
    """
    near = {place + apart: weight for apart, weight in _WEIGHTS.items() if means.get(place + apart, math.inf) < math.inf}
    if not math.isfinite(means[place]) or min(means[at] for at in near) <= 0:
        return means[place]
    return math.exp(sum(weight * math.log(means[at]) for at, weight in near.items()) / sum(near.values()))


def _mean(cells: Sequence[Cell], study: Study, results: Results) -> float:
    return statistics.fmean(badness(results[cell.name], study.by) for cell in cells)


def _at_edge_of_grid(study: Study, best: Mapping[str, Any] | None) -> bool:
    """Whether the best rate of a grid is its smallest or largest, so that a better one may lie beyond."""
    rates = next((one.values for one in study.varied[1:] if one.key == RATE), ())
    return best is not None and len(rates) > 1 and best[RATE] in (min(rates), max(rates))


def expected(study: Study, known: int) -> int:
    """About how many cells the whole study has, of which so many are known."""
    folds = max(1, study.folds)
    points = sum(len(points) for points in study.points)
    if study.mode != "tuned":
        return points * study.seeds * folds
    rates = 2 * _SPAN // _COARSE + 1 + 2 * (_COARSE - 1)
    return max(known, points * rates * _searched(study) * folds + len(study.entrants) * study.seeds * folds)
