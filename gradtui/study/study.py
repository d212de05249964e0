"""A study: an experiment and what varies in it, and how its entrants are compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, product
from typing import Any, Literal

from gradtui.catalog.optimizers import OPTIMIZERS
from gradtui.catalog.tasks import TASKS
from gradtui.core.experiments.experiment import Experiment, InvalidExperiment, Mistake, first
from gradtui.core.measured.result import JUDGES
from gradtui.core.text import grouped, nearest
from gradtui.study.vary import Varied

Mode = Literal["tuned", "as they come", "grid"]
RATE = "optimizer.learning_rate"
_OPTIMIZER = "optimizer.name"

FOUR = Varied(key=_OPTIMIZER, values=("sgd", "momentum", "rmsprop", "adam"))
"""What races where nothing else is asked for."""
SEEDS = 8
"""Seeds that an entrant is measured on: the least with which "won them all" survives Holm's correction over six pairs."""
SEARCHED = 2
"""Seeds that rates are searched on, which are none of those."""
MOST_CELLS = 10_000
_SMALL, _REPEATS = 300, 5
"""Examples below which cross-validation is repeated, and how often."""

Changes = Mapping[str, Any]


class InvalidStudy(ValueError):
    """A study that cannot be; the message says why and what would do."""


@dataclass(frozen=True, eq=False)
class Study:
    """`varied` multiply; the values of the first are the entrants. `by` is what cells are judged by, see JUDGES. `target` is a
    validation loss to be reached; without one it is the median of the entrants' own. `seeds` are those that entrants are measured
    on; `folds` cut the training part for cross-validation, 0 for none. `halve` stops the worse two thirds at a tenth, a third of
    the steps.
    """

    experiment: Experiment
    varied: tuple[Varied, ...]
    mode: Mode
    seeds: int = SEEDS
    folds: int = 0
    by: str = "validation_loss"
    target: float | None = None
    halve: bool = False

    @cached_property
    def entrants(self) -> tuple[Changes, ...]:
        """What each entrant changes in the experiment, as a person would say it."""
        return tuple({self.varied[0].key: value} for value in self.varied[0].values)

    @cached_property
    def bases(self) -> tuple[Experiment, ...]:
        """Each entrant's experiment before anything else varies. An optimizer that races stands at its catalog defaults."""
        return tuple(_entrant(self.experiment, self.varied[0].key, value) for value in self.varied[0].values)

    @cached_property
    def points(self) -> tuple[tuple[Changes, ...], ...]:
        """Of each entrant, what is varied beside it by hand: one point without changes where nothing is."""
        others = self.varied[1:]
        combined = product(*(one.values for one in others))
        beside = [dict(zip((one.key for one in others), values, strict=True)) for values in combined]
        return tuple(tuple(beside) for _ in self.entrants)

    def title(self, entrant: int) -> str:
        """An entrant's name on the screen."""
        value = self.varied[0].values[entrant]
        name = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
        return name if self.varied[0].key.endswith(".name") else f"{self.varied[0].key.partition('.')[2].replace('_', ' ')} {name}"


def study(
    experiment: Experiment,
    varied: Sequence[Varied] = (),
    *,
    as_they_come: bool = False,
    seeds: int | None = None,
    folds: int = 0,
    by: str = "validation_loss",
    target: float | None = None,
    halve: bool = False,
) -> Study:
    """The study of an experiment in which these vary: the four optimizers where nothing does. Its rates are tuned unless they are
    varied by hand, or every entrant is to come as it is. Raises InvalidExperiment or InvalidStudy.
    """
    chosen = tuple(varied) or (FOUR,)
    if chosen[0].key == RATE and len(chosen) == 1:
        mode: Mode = "grid"
    else:
        mode = "grid" if any(one.key == RATE for one in chosen) else "as they come" if as_they_come else "tuned"
    samples = TASKS[experiment.task.name].count(experiment.task.values())
    if seeds is None:
        seeds = SEEDS if not folds else _REPEATS if samples < _SMALL else 1
    if by not in JUDGES:
        meant = nearest(by, JUDGES)
        raise InvalidStudy(f"A study is judged by {', '.join(JUDGES)}." + (f" Did you mean {meant}?" if meant else ""))
    if JUDGES[by].accuracy and TASKS[experiment.task.name].kind != "classification":
        raise InvalidStudy(f"The task {experiment.task.name} has no classes, so {by} cannot judge it. Take validation_loss.")
    if as_they_come and mode == "grid":
        raise InvalidStudy(f"Entrants that come as they are have their own rate: leave {RATE} out of what varies, or as-they-come.")
    if folds == 1 or folds > samples:
        raise InvalidStudy(f"{folds} folds cannot be: cross-validation takes 2 to {samples} here, as many as training samples.")
    _count(chosen, seeds, folds)
    made = Study(experiment, chosen, mode, seeds, folds, by, target, halve)
    _check(made)
    return made


def _count(chosen: Sequence[Varied], seeds: int, folds: int) -> None:
    cells = seeds * max(folds, 1)
    for one in chosen:
        cells *= len(one.values)
    if cells > MOST_CELLS:
        raise InvalidStudy(
            f"This study has {grouped(cells)} cells (points x seeds x folds), and at most {grouped(MOST_CELLS)} can be. "
            "Vary fewer values, or take fewer seeds."
        )


def _check(made: Study) -> None:
    """Raise InvalidExperiment with the mistakes of all points, each told once."""
    mistakes: dict[str, Mistake] = {}
    for at, value in enumerate(made.varied[0].values):
        try:
            base = _entrant(made.experiment, made.varied[0].key, value)
        except InvalidExperiment as error:
            mistakes |= {str(mistake): mistake for mistake in error.mistakes}
            continue
        for point in islice(made.points[at] if not mistakes else (), MOST_CELLS):
            try:
                base.changed(point)
            except InvalidExperiment as error:
                mistakes |= {str(mistake): mistake for mistake in error.mistakes}
                if len(mistakes) > 20:
                    break
    if mistakes:
        raise InvalidExperiment(first(mistakes.values()))


def _entrant(experiment: Experiment, key: str, value: Any) -> Experiment:
    changed = experiment.changed({key: value})
    if key != _OPTIMIZER:
        return changed
    return changed.changed({f"optimizer.{parameter.name}": parameter.default for parameter in OPTIMIZERS[value].parameters})
