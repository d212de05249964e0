"""Differential diagnosis by experiment: every suspect is tried by itself, from the same weights on the same batches."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

from gradtui.backend.working import work
from gradtui.core.experiments.experiment import Experiment, InvalidExperiment
from gradtui.core.experiments.part import WHOLE
from gradtui.core.experiments.refusal import Refused
from gradtui.core.measured.result import Result
from gradtui.core.measured.work import Assigned, Finished, Work, Worked, Working
from gradtui.core.memory import available_memory
from gradtui.diagnosis.causes import Why, left, why
from gradtui.diagnosis.suspects import Suspect, suspects
from gradtui.engine.training.controls import Controls
from gradtui.headless.progress import Share
from gradtui.study.cells import Cell
from gradtui.study.packing import Stack, pack
from gradtui.study.study import InvalidStudy

BUDGET = 6.0
"""Whole runs that it may cost."""
_CONFIRMED = 3
"""Suspects that are tried with further seeds."""
_SEEDS = 2
"""Further seeds."""
_SHARE = 0.9
"""Of the budget, for the first seed; the rest confirms."""
_FEWEST = 20
"""Steps that say something."""


class Searching:
    """Trains cells and keeps what came of them. `seconds` is what it took."""

    def __init__(self, controls: Controls) -> None:
        self._controls = controls
        self.results: dict[str, Result] = {}
        self.seconds = 0.0
        self.problem = ""

    def train(self, experiments: Sequence[Experiment]) -> list[Cell]:
        """Train these, side by side where they may be; the cells in the same order."""
        cells = [Cell(at, {"at": at}, "search", made, WHOLE) for at, made in enumerate(experiments)]
        plan = pack({cell.name: cell for cell in cells if cell.name not in self.results}.values(), 1, available_memory())
        with Share() as progress:
            for at, stack in enumerate(plan.stacks):
                progress.show(at / len(plan.stacks), f"{len(self.results)} of {len(cells)} tried", None)
                self._stack(stack)
        return cells

    def _stack(self, stack: Stack) -> None:
        assigned = tuple(Assigned(cell=cell.name, experiment=cell.experiment.tables()) for cell in stack.cells)
        began = time.perf_counter()
        work(Work(job="why", cells=assigned), self._controls, self._hear)
        self.seconds += time.perf_counter() - began

    def _hear(self, told: Working | Finished | Worked) -> None:
        if isinstance(told, Finished):
            self.results[told.result.cell] = told.result
        elif isinstance(told, Worked) and told.problem:
            self.problem = told.problem


def diagnose(experiment: Experiment, budget: float = BUDGET, controls: Controls | None = None) -> Why:
    """Find why an experiment does not learn, at the price of so many whole runs at most. Raises Refused where it cannot be trained,
    and InvalidStudy where the budget is too small for a single suspect.
    """
    searching = Searching(controls or Controls())
    tries = suspects(experiment)
    steps = _steps(experiment, tries, budget)
    searching.train([_of(experiment, experiment, steps)])
    if not searching.results:
        raise Refused(searching.problem or "The run was stopped.")
    single = searching.seconds * experiment.run.steps / steps
    cells = searching.train([_of(one.changed, experiment, steps) for one in tries])
    base = _of(experiment, experiment, steps)
    after = {at: left([searching.results[cell.name]]) for at, cell in enumerate(cells) if cell.name in searching.results}
    best = sorted(after, key=lambda at: (-round(tries[at].unusual, 2), after[at]))
    now = left([searching.results[Cell(0, {"at": 0}, "search", base, WHOLE).name]])
    doubted = [at for at in best if after[at] < min(1.0, now) - 0.1][:_CONFIRMED] if after else []
    seeds = [experiment.run.seed]
    for seed in range(experiment.run.seed + 1, experiment.run.seed + 1 + _SEEDS):
        if doubted and searching.seconds * (1 + 1 / len(seeds)) < budget * single:
            searching.train([_of(one, experiment, steps, seed) for one in (experiment, *(tries[at].changed for at in doubted))])
            seeds.append(seed)

    def known(made: Experiment, which: Sequence[int]) -> list[Result]:
        names = [Cell(0, {"at": 0}, "search", _of(made, experiment, steps, seed), WHOLE).name for seed in which]
        return [searching.results[name] for name in names if name in searching.results]

    found = [(tries[at], known(tries[at].changed, seeds if at in doubted else seeds[:1])) for at in after]
    return why(known(experiment, seeds), found, steps, round(searching.seconds / single, 2) if single else 0.0)


def _of(made: Experiment, asked: Experiment, steps: int, seed: int | None = None) -> Experiment:
    """An experiment over so many steps, its schedule as it is over those of the one that was asked about."""
    changes = {"run.steps": steps, "run.seed": asked.run.seed if seed is None else seed}
    try:
        return made.changed(changes)
    except InvalidExperiment:
        return made.changed({**changes, "schedule.name": "constant"})


def _steps(experiment: Experiment, tries: Sequence[Suspect], budget: float) -> int:
    """Steps over which the run and every suspect can be tried for their part of the budget. Raises InvalidStudy."""
    cells = [Cell(at, {"at": at}, "search", made, WHOLE) for at, made in enumerate((experiment, *(one.changed for one in tries)))]
    single = pack(cells[:1], 1, available_memory()).seconds
    share = _SHARE * budget * single / pack(cells, 1, available_memory()).seconds
    steps: int = min(experiment.run.steps, math.floor(experiment.run.steps * share))
    if steps < min(_FEWEST, experiment.run.steps):
        raise InvalidStudy(f"A budget of {budget:g} runs leaves {steps} steps for each suspect: too few. Raise --budget.")
    return steps
