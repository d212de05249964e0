"""What a study showed: the object that `gradtui race --json` prints, and its sentence."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

from gradtui.core.frozen import Frozen
from gradtui.core.measured.frame import Number
from gradtui.core.measured.result import JUDGES, Result, badness
from gradtui.core.text import exact, number
from gradtui.study.cells import Cell, Results
from gradtui.study.search import measured, tuned
from gradtui.study.statistics import interval, least_p, quantile
from gradtui.study.study import RATE, Study
from gradtui.study.verdict import Pair, Standing, pairs, standings, target


class Entrant(Frozen):
    """An entrant at its best point. `interval` is the corrected one of cross-validation, `right` of how many test examples; None
    where there is none.
    """

    set: dict[str, Any]
    best: dict[str, Any]
    at_edge: bool
    median: Number
    quartiles: tuple[Number, Number]
    test: Number | None
    steps_to_target: Number | None
    missed: int
    diverged: int
    optimizer_us: Number | None
    findings: tuple[str, ...]
    values: tuple[Number, ...]
    interval: tuple[Number, Number] | None = None
    right: tuple[int, int] | None = None


class PairTold(Frozen):
    """Two entrants by their place, and whether they are told apart."""

    a: int
    b: int
    probability: Number
    p_value: Number
    verdict: str


class Point(Frozen):
    """A point, and the values of its cells, those that searched for the rate and those on which it was measured."""

    set: dict[str, Any]
    status: Literal["done", "diverged", "stopped", "failed", "open"]
    values: tuple[Number, ...]
    purpose: str


class Told(Frozen):
    """The whole study."""

    by: str
    mode: str
    seeds: int
    folds: int
    steps: int
    target: Number | None
    seconds: Number
    cells: int
    entrants: tuple[Entrant, ...]
    pairs: tuple[PairTold, ...]
    points: tuple[Point, ...]
    sentence: str


def told(study: Study, results: Results, seconds: float) -> Told:
    """What a study showed as far as it is done."""
    found = standings(study, results)
    compared = pairs(study, found)
    points = [point for at in range(len(study.entrants)) for point in _points(study, at, results)]
    return Told(
        by=study.by,
        mode=study.mode,
        seeds=study.seeds,
        folds=study.folds,
        steps=study.experiment.run.steps,
        target=target(study, found),
        seconds=seconds,
        cells=len(results),
        entrants=tuple(_entrant(study, standing) for standing in found),
        pairs=tuple(PairTold(**vars(pair)) for pair in compared),
        points=tuple(points),
        sentence=sentence(study, found, compared),
    )


def verdict_of(study: Study, results: Results) -> str:
    """The verdict in words, as far as the study is done."""
    found = standings(study, results)
    return sentence(study, found, pairs(study, found))


def sentence(study: Study, found: Sequence[Standing], compared: Sequence[Pair]) -> str:
    """The verdict in words: what is told apart from the best, what is not, and why not where it could not be."""
    if not found:
        return "No entrant has been measured yet."
    best = found[0]
    named = [_named(study, standing) for standing in found]
    if all(math.isinf(value) for value in best.badness):
        lost = "Every cell of every entrant diverged, failed or was stopped: there is nothing to compare."
        return " ".join([lost, *_failures(found)])
    parts = []
    for verdict, words in (("clear", "is clearly better than"), ("leaning", "leans ahead of"), ("not told apart", "")):
        others = [named[pair.b] for pair in compared if pair.a == 0 and pair.verdict == verdict]
        if others:
            apart = f"is not told apart from {_listed(others, 'or')}"
            parts.append(f"{words} {_listed(others, 'and')}" if words else apart)
    about = f"on {study.seeds} seeds" if not study.folds else f"on {study.folds} folds of {study.seeds} seeds"
    words = f"{named[0]} {', '.join(parts)}, by {JUDGES[study.by].title} {about}." if parts else f"{named[0]}: nothing beside it."
    return " ".join([words, *_cautions(study, found), *_failures(found)])


def _cautions(study: Study, found: Sequence[Standing]) -> list[str]:
    """What keeps the answer from being a fair or certain one."""
    said = []
    edge = [study.title(standing.entrant) for standing in found if standing.at_edge]
    if edge:
        said.append(f"{_listed(edge, 'and')}: best at the edge of the range: not a fair answer yet.")
    count = len(found) * (len(found) - 1) // 2
    least = least_p(study.seeds)
    if count and not study.folds and least * count > 0.05:
        seeds = f"{study.seeds} seed{'s' if study.seeds > 1 else ''}"
        many = f", times {count} pairs" if count > 1 else ""
        said.append(f"{seeds}: the smallest possible p is {least:.2g}{many}: too few to tell anything.")
    if len(found) < len(study.entrants):
        said.append(f"{len(study.entrants) - len(found)} of {len(study.entrants)} are not measured yet.")
    return said


def _failures(found: Sequence[Standing]) -> list[str]:
    """How many cells failed, and why the first one did."""
    failed = [result for standing in found for result in standing.results if result.status == "failed"]
    return [f"{len(failed)} cells failed: {failed[0].problem}"] if failed else []


def _named(study: Study, standing: Standing) -> str:
    """An entrant with the rate at which it stands."""
    best = ", ".join(exact(value) if key == RATE else f"{key} {exact(value)}" for key, value in standing.best.items())
    return f"{study.title(standing.entrant)}{f' at {best}' if best else ''}"


def _listed(names: Sequence[str], last: str) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}"


def _entrant(study: Study, standing: Standing) -> Entrant:
    steps = quantile(standing.to_target, 0.5) if standing.to_target else None
    right = [(result.test_accuracy, result.test_samples) for result in standing.results if result.test_accuracy is not None]
    counted = [(round(share * samples), samples) for share, samples in right if samples and math.isfinite(share)]
    return Entrant(
        set=dict(study.entrants[standing.entrant]),
        best=dict(standing.best),
        at_edge=standing.at_edge,
        median=standing.median,
        quartiles=standing.quartiles,
        test=standing.test,
        steps_to_target=None if steps is None or math.isinf(steps) else steps,
        missed=standing.missed,
        diverged=standing.diverged,
        optimizer_us=standing.optimizer_us,
        findings=standing.findings,
        values=standing.values,
        interval=interval(standing.values, study.folds) if study.folds and len(standing.values) > 1 else None,
        right=sorted(counted)[len(counted) // 2] if counted else None,
    )


def _points(study: Study, entrant: int, results: Results) -> list[Point]:
    search = tuned(study, entrant, results)
    cells: dict[tuple[str, str], list[Cell]] = {}
    own = measured(study, entrant, search.best) if study.mode == "tuned" and search.best is not None else ()
    for cell in (*search.cells, *own):
        cells.setdefault((str(sorted(cell.point.items())), cell.purpose), []).append(cell)
    return [
        Point(
            set={**study.entrants[entrant], **some[0].point},
            status=_status([results[cell.name] for cell in some if cell.name in results]),
            values=tuple(_value(study, results[cell.name]) for cell in some if cell.name in results),
            purpose=some[0].purpose,
        )
        for some in cells.values()
    ]


def _status(known: Sequence[Result]) -> Literal["done", "diverged", "stopped", "failed", "open"]:
    for status in ("failed", "diverged", "stopped"):
        if any(result.status == status for result in known):
            return status
    return "done" if known else "open"


def _value(study: Study, result: Result) -> float:
    bad = badness(result, study.by)
    return 1 - bad if JUDGES[study.by].accuracy and math.isfinite(bad) else bad


def in_words(study: Study, shown: Told) -> str:
    """The report as a person reads it in a terminal."""
    spread = "mean, 95 %" if study.folds else "quartiles"
    heads = ("entrant", "best rate", "median", spread, "test", "to target", "diverged", "opt us", "findings")
    rows = [heads]
    for one in shown.entrants:
        name = ", ".join(exact(value) for value in one.set.values())
        missed = f"{one.missed} of {len(one.values)} never" if one.missed else ""
        steps = " ".join(part for part in (f"{one.steps_to_target:.0f}" if one.steps_to_target is not None else "", missed) if part)
        rows.append(
            (
                name,
                exact(one.best[RATE]) + (" (edge)" if one.at_edge else "") if RATE in one.best else "-",
                number(one.median),
                " to ".join(map(number, one.interval if one.interval is not None else one.quartiles)),
                number(one.test) + (f" ({one.right[0]} of {one.right[1]})" if one.right else ""),
                steps or "-",
                f"{one.diverged} of {len(one.values)}",
                number(one.optimizer_us),
                ", ".join(one.findings) or "-",
            )
        )
    widths = [max(len(row[at]) for row in rows) for at in range(len(heads))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([*lines, "", shown.sentence])
