"""A study for other programs: one tidy row a cell."""

from __future__ import annotations

import csv
import io
import json

from gradtui.study.cells import Cell, Results
from gradtui.study.search import measured, tuned
from gradtui.study.study import Study

_RESULT = (
    "status",
    "step",
    "loss",
    "validation_loss",
    "validation_accuracy",
    "validation_samples",
    "test_loss",
    "test_accuracy",
    "test_samples",
    "optimizer_us",
    "seconds",
)


def rows(study: Study, results: Results) -> str:
    """A CSV table: a row for every cell that is known, with what varies, its seed and fold, and what came of it. Numbers that are
    not finite are nan, inf and -inf, which every reader of tables takes.
    """
    keys = list(dict.fromkeys([*(one.key for one in study.varied), "optimizer.learning_rate"]))
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["cell", "purpose", *keys, "seed", "fold", *_RESULT, "findings"])
    for cell in every(study, results):
        result = results[cell.name]
        values = [_written(cell.experiment.value(key)) for key in keys]
        fold = cell.part.fold if cell.part.folds else ""
        known = [_written(getattr(result, name)) for name in _RESULT]
        table.writerow([cell.name, cell.purpose, *values, cell.seed, fold, *known, " ".join(result.findings)])
    return text.getvalue()


def every(study: Study, results: Results) -> list[Cell]:
    """All cells that are known, entrant by entrant."""
    found: dict[str, Cell] = {}
    for entrant in range(len(study.entrants)):
        search = tuned(study, entrant, results)
        own = measured(study, entrant, search.best) if search.best is not None else ()
        found |= {cell.name: cell for cell in (*search.cells, *own) if cell.name in results}
    return list(found.values())


def _written(value: object) -> object:
    if value is None:
        return ""
    return json.dumps(value) if isinstance(value, tuple) else value
