"""Why does this not learn? A study of suspects: the run and each of them, alone, from the same weights on the same batches; then
those that would be named again with other seeds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from gradtui.core.experiments.experiment import Experiment, InvalidExperiment
from gradtui.core.experiments.part import WHOLE
from gradtui.core.measured.result import Result
from gradtui.core.memory import available_memory
from gradtui.study.causes import Why, left, why
from gradtui.study.cells import Cell, Results
from gradtui.study.packing import pack
from gradtui.study.study import InvalidStudy
from gradtui.study.suspects import Suspect, suspects

BUDGET = 6.0
"""Whole runs that it may cost."""
_FIRST = 0.8
"""Of the budget, for the first seed; the rest confirms."""
_CONFIRMED, _SEEDS = 3, 2
"""Suspects that are tried with further seeds, and how many."""
_GAIN = 0.1
"""Of guessing's loss: what a suspect has to gain to be tried again."""
_FEWEST = 20
"""Steps that say something."""


@dataclass(frozen=True)
class Question:
    """What is asked of an experiment: its suspects, each over `steps`, at the price of `budget` whole runs. `cells` are those of
    the first seed, the experiment's own before its suspects'.
    """

    experiment: Experiment
    suspects: tuple[Suspect, ...]
    steps: int
    budget: float
    cells: tuple[Cell, ...] = field(init=False)

    def __post_init__(self) -> None:
        made = (self.experiment, *(one.changed for one in self.suspects))
        object.__setattr__(self, "cells", tuple(self.cell(one, 0) for one in made))

    def cell(self, made: Experiment, later: int) -> Cell:
        """The cell of an experiment, with the seed that comes so many after the one that was asked about."""
        return Cell(0, {}, "search", _over(made, self.steps, self.experiment.run.seed + later), WHOLE)


def question(experiment: Experiment, budget: float = BUDGET) -> Question:
    """Ask why an experiment does not learn, at the price of so many whole runs at most. Raises InvalidStudy where the budget is too
    small for a single suspect.
    """
    found = suspects(experiment)
    whole = Question(experiment, found, experiment.run.steps, budget)
    memory = available_memory()
    share = _FIRST * budget * pack(whole.cells[:1], 1, memory).seconds / pack(whole.cells, 1, memory).seconds
    steps: int = min(experiment.run.steps, math.floor(experiment.run.steps * share))
    if steps < min(_FEWEST, experiment.run.steps):
        raise InvalidStudy(f"A budget of {budget:g} runs leaves {steps} steps for each suspect: too few. Raise --budget.")
    return Question(experiment, found, steps, budget)


def wanted(asked: Question, results: Results) -> tuple[Cell, ...]:
    """The cells to do next; none at the end."""
    first = tuple(cell for cell in asked.cells if cell.name not in results)
    if first:
        return first
    for later in range(1, 1 + _SEEDS):
        doubted = _doubted(asked, results)
        again = [asked.cell(made, later) for made in (asked.experiment, *(asked.suspects[at].changed for at in doubted))]
        missing = tuple(cell for cell in again if cell.name not in results)
        dearer = _runs(asked, results) * (1 + len(again) / len(asked.cells))
        if doubted and missing:
            return missing if dearer <= asked.budget else ()
    return ()


def expected(asked: Question, known: int) -> int:
    """About how many cells there are in all."""
    return max(known, len(asked.cells) + _SEEDS * (1 + _CONFIRMED) // 2)


def answer(asked: Question, results: Results) -> Why:
    """What is known of the cause."""
    doubted = _doubted(asked, results)
    found = []
    for at, suspect in enumerate(asked.suspects):
        known = _known(asked, suspect.changed, results, 1 + _SEEDS if at in doubted else 1)
        if known:
            found.append((suspect, known))
    return why(_known(asked, asked.experiment, results, 1 + _SEEDS), found, asked.steps, round(_runs(asked, results), 2))


def _doubted(asked: Question, results: Results) -> list[int]:
    """The suspects that would be named as it stands by the first seed, the first ones first."""
    base, *others = (left([results[cell.name]]) if cell.name in results else math.inf for cell in asked.cells)
    gaining = [at for at, value in enumerate(others) if value < min(1.0, base) - _GAIN]
    best = min((others[at] for at in gaining), default=math.inf)
    close = [at for at in gaining if min(1.0, base) - others[at] >= 0.5 * (min(1.0, base) - best)]
    return sorted(close, key=lambda at: (-round(asked.suspects[at].unusual, 2), others[at]))[:_CONFIRMED]


def _known(asked: Question, made: Experiment, results: Results, seeds: int) -> Sequence[Result]:
    names = [asked.cell(made, later).name for later in range(seeds)]
    return [results[name] for name in names if name in results]


def _runs(asked: Question, results: Results) -> float:
    """The price so far, in whole runs of the experiment by itself: what all cells took, by what a cell like it takes alone."""
    base = results.get(asked.cells[0].name)
    memory = available_memory()
    alone, beside = pack(asked.cells[:1], 1, memory).seconds, pack(asked.cells, 1, memory).seconds / len(asked.cells)
    if base is None or not base.seconds or not beside:
        return 0.0
    spent = sum(result.seconds for result in results.values())
    measured = sum(results[cell.name].seconds for cell in asked.cells if cell.name in results)
    single = measured * alone / (beside * len(asked.cells)) * asked.experiment.run.steps / asked.steps
    return spent / single if single else 0.0


def _over(made: Experiment, steps: int, seed: int) -> Experiment:
    """An experiment over so many steps; a schedule that does not fit into them is left out."""
    changes = {"run.steps": steps, "run.seed": seed}
    try:
        return made.changed(changes)
    except InvalidExperiment:
        return made.changed({**changes, "schedule.name": "constant"})
