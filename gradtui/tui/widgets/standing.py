"""The rows of a race's table: an entrant at its best point so far, or a point with the cells it has."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gradtui.core.measured.result import JUDGES
from gradtui.core.text import exact, grouped, number
from gradtui.study.cells import Cell, newest
from gradtui.study.picture import judged
from gradtui.study.search import measured, tuned
from gradtui.study.statistics import quantile
from gradtui.study.study import RATE, Study
from gradtui.study.verdict import Standing, standings
from gradtui.worker.racing import Racing

ENTRANTS = ("entrant", "rate", "median", "quartiles", "test", "to target", "diverged", "opt us", "findings")
POINTS = ("entrant", "rate", "median", "cells", "step", "state", "beside")


@dataclass(frozen=True)
class Row:
    """A row: its name, whose it is, its cells of text, and the study's cells behind it. `quiet` rows are over."""

    name: str
    entrant: int
    cells: tuple[str, ...]
    behind: tuple[Cell, ...]
    quiet: bool = False

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Row):
            return NotImplemented
        return (self.name, self.entrant, self.cells, self.quiet) == (other.name, other.entrant, other.cells, other.quiet)

    __hash__ = None  # type: ignore[assignment]


def entrants(racing: Racing) -> tuple[Row, ...]:
    """Those that are measured, the best first, then the others by what their search has found."""
    study, results = racing.study, racing.studying.results
    found = standings(study, results)
    rows = [_standing(racing, standing) for standing in found]
    known = {standing.entrant for standing in found}
    rest = [(_best(racing, at), at) for at in range(len(study.entrants)) if at not in known]
    return (*rows, *(_searching(racing, at, points[0] if points else None) for points, at in sorted(rest, key=_by_best)))


def points(racing: Racing) -> tuple[Row, ...]:
    """All points with a cell that is known or under way, the best first."""
    every = [row for at in range(len(racing.study.entrants)) for row in _best(racing, at)]
    return tuple(_point(racing, cells) for _, cells in sorted(every, key=lambda row: row[0]))


def _by_best(row: tuple[list[tuple[float, tuple[Cell, ...]]], int]) -> tuple[float, int]:
    return (row[0][0][0] if row[0] else math.inf), row[1]


def _best(racing: Racing, entrant: int) -> list[tuple[float, tuple[Cell, ...]]]:
    """An entrant's points with what each stands at, the best first."""
    study, results = racing.study, racing.studying.results
    search = tuned(study, entrant, results)
    own = measured(study, entrant, search.best) if search.best is not None else ()
    by_point: dict[tuple[str, str], list[Cell]] = {}
    for cell in {cell.name: cell for cell in (*search.cells, *own)}.values():
        if cell.name in results or cell.name in racing.studying.training:
            by_point.setdefault((cell.purpose, str(sorted(cell.point.items()))), []).append(cell)
    return sorted(((_stands(racing, cells), tuple(cells)) for cells in by_point.values()), key=lambda row: row[0])


def _stands(racing: Racing, cells: list[Cell]) -> float:
    """The median of what is to be small, of those cells that have a number."""
    known = [newest(cell, racing.study.by, racing.studying.results, racing.studying.live) for cell in cells]
    values = [value for value in known if value is not None]
    return quantile(values, 0.5) if values else math.inf


def _standing(racing: Racing, standing: Standing) -> Row:
    study, count = racing.study, len(standing.results)
    steps = quantile(standing.to_target, 0.5) if standing.to_target else math.inf
    reached = grouped(round(steps)) if math.isfinite(steps) else ""
    missed = f"{standing.missed} of {count} never" if standing.missed else ""
    texts = (
        study.title(standing.entrant),
        _rate(_rate_of(study, standing)) + (" at edge" if standing.at_edge else ""),
        number(standing.median),
        f"{number(standing.quartiles[0])} to {number(standing.quartiles[1])}",
        number(standing.test),
        ", ".join(part for part in (reached, missed) if part) or "-",
        f"{standing.diverged} of {count}",
        number(standing.optimizer_us),
        ", ".join(standing.findings) or "none",
    )
    return Row(study.title(standing.entrant), standing.entrant, texts, measured(study, standing.entrant, standing.best))


def _searching(racing: Racing, entrant: int, best: tuple[float, tuple[Cell, ...]] | None) -> Row:
    """An entrant that is not measured yet: its best point so far."""
    title = racing.study.title(entrant)
    value, cells = best or (math.inf, ())
    rate = cells[0].experiment.optimizer.learning_rate if cells else None
    shown = number(_told(racing, value)) if math.isfinite(value) else "-"
    under_way = "searching" if any(cell.purpose == "search" for cell in cells) else "measuring" if cells else "waiting"
    return Row(title, entrant, (title, _rate(rate), shown, under_way, *("-",) * 5), cells)


def _point(racing: Racing, cells: tuple[Cell, ...]) -> Row:
    study, studying = racing.study, racing.studying
    first = cells[0]
    known = [studying.results[cell.name] for cell in cells if cell.name in studying.results]
    values = [judged(result, study.by) for result in known]
    if not values:
        stands = _stands(racing, list(cells))
        values = [stands] if math.isfinite(stands) else []
    steps = [result.step for result in known] + [live[-1][0] for cell in cells if (live := studying.live.get(cell.name))]
    states = {result.status for result in known}
    training = sum(cell.name in studying.training for cell in cells)
    order = ("failed", "diverged", "stopped", "done")
    state = "training" if training else next((status for status in order if status in states), "waiting")
    beside = ", ".join(f"{key} {exact(value)}" for key, value in first.point.items() if key != RATE)
    texts = (
        study.title(first.entrant),
        _rate(first.experiment.optimizer.learning_rate),
        number(quantile(values, 0.5)) if values else "-",
        f"{len(known)} of {len(cells)}",
        grouped(max(steps, default=0)),
        state + (", measure" if first.purpose == "measure" else ""),
        beside,
    )
    name = f"{first.entrant} {first.purpose} {sorted(first.point.items())}"
    return Row(name, first.entrant, texts, cells, quiet=state in ("stopped", "diverged", "failed"))


def _rate_of(study: Study, standing: Standing) -> float:
    rate: float = standing.best.get(RATE, study.bases[standing.entrant].optimizer.learning_rate)
    return rate


def _rate(value: float | None) -> str:
    return exact(value) if value is not None else "-"


def _told(racing: Racing, value: float) -> float:
    return 1 - value if JUDGES[racing.study.by].accuracy else value
