"""The cells of a study: point x seed x fold, each with a name made of everything that determines it."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Literal

from gradtui import __version__
from gradtui.core.experiments.experiment import Experiment
from gradtui.core.experiments.part import Part
from gradtui.core.measured.result import Moment, Result, badness

Purpose = Literal["search", "measure"]
Results = Mapping[str, Result]
"""What is known, by the cell's name."""


Live = Mapping[str, Sequence[Moment]]
"""The moments of cells under way, by the cell's name."""


@dataclass(frozen=True, eq=False)
class Cell:
    """One training run of a study: whose it is, what it changes in the entrant's experiment, and its seed and fold."""

    entrant: int
    point: Mapping[str, Any]
    purpose: Purpose
    experiment: Experiment
    part: Part
    sweep: tuple[float, float] | None = None
    name: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", _name(self.experiment, self.part, self.sweep))

    @property
    def seed(self) -> int:
        """The seed of its data, weights and order."""
        seed: int = self.experiment.run.seed
        return seed


def newest(cell: Cell, by: str, results: Results, live: Live) -> float | None:
    """What is to be small, as it stands: infinite where it is no number, None where nothing is known."""
    if cell.name in results:
        return badness(results[cell.name], by)
    if not live.get(cell.name):
        return None
    _, loss, validation = live[cell.name][-1]
    value = loss if by == "loss" or validation is None else validation
    return value if math.isfinite(value) else math.inf


def _name(experiment: Experiment, part: Part, sweep: tuple[float, float] | None) -> str:
    known = [experiment.tables(), part.model_dump(), sweep, __version__, _torch()]
    return hashlib.sha256(json.dumps(known, sort_keys=True, default=list).encode()).hexdigest()[:16]


@cache
def _torch() -> str:
    """The version of PyTorch that is installed, without importing it."""
    try:
        return version("torch")
    except PackageNotFoundError:
        return ""
