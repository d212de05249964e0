"""A plan: cells packed into stacks of lanes, by what may differ in a stack and by memory, and what they will cost."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gradtui.core.experiments.beside import in_common
from gradtui.core.experiments.cost import bytes_in_words, cost
from gradtui.study.cells import Cell
from gradtui.study.study import InvalidStudy

MOST_LANES = 64
"""Lanes of a stack at most: with more, each gains little and a lost stack loses much."""
_FEWEST = 8
"""Lanes of a stack at least where cells are spread over processes: fewer would cost as much as these."""
_STEP, _LAYER, _LANE, _RATE = 1.5e-4, 4e-5, 1.2e-5, 8e9
"""Seconds of a step: alone, more by layer of the network, and by lane; and multiplications and additions a second."""


@dataclass(frozen=True)
class Stack:
    """Cells that are trained side by side."""

    cells: tuple[Cell, ...]

    @property
    def steps(self) -> int:
        """Steps that it trains."""
        steps: int = self.cells[0].experiment.run.steps
        return steps

    @property
    def seconds(self) -> float:
        """How long it takes, about, on one core."""
        experiment = self.cells[0].experiment
        operations = sum(cost(cell.experiment).operations for cell in self.cells)
        layers: int = experiment.network.depth + 1
        return self.steps * (_STEP + _LAYER * layers + _LANE * len(self.cells) + operations / _RATE)


@dataclass(frozen=True)
class Plan:
    """Stacks to do, and by how many processes at a time."""

    stacks: tuple[Stack, ...]
    processes: int

    @property
    def cells(self) -> int:
        """Cells in all stacks."""
        return sum(len(stack.cells) for stack in self.stacks)

    @property
    def seconds(self) -> float:
        """How long it takes, about."""
        longest = max((stack.seconds for stack in self.stacks), default=0.0)
        return max(longest, sum(stack.seconds for stack in self.stacks) / self.processes)


def pack(cells: Iterable[Cell], processes: int, memory: int) -> Plan:
    """Pack cells, those of a seed together, into stacks that fit into memory beside those of the other processes. Raises
    InvalidStudy where a cell does not fit by itself.
    """
    groups: dict[tuple[object, ...], list[Cell]] = {}
    for cell in cells:
        groups.setdefault((in_common(cell.experiment), cell.part.folds, cell.part.test, cell.sweep), []).append(cell)
    stacks = [stack for group in groups.values() for stack in _stacks(group, max(1, processes // len(groups)), memory // processes)]
    return Plan(tuple(sorted(stacks, key=lambda stack: -stack.seconds)), processes)


def _stacks(cells: Sequence[Cell], spread: int, memory: int) -> list[Stack]:
    needed = max(cost(cell.experiment).memory for cell in cells)
    fitting = memory // needed
    if not fitting:
        raise InvalidStudy(
            f"A cell of this study needs at least {bytes_in_words(needed)}, and {bytes_in_words(memory)} are available for it: "
            "none fits. Lower network.width, network.depth or run.batch_size."
        )
    count = max(math.ceil(len(cells) / min(MOST_LANES, fitting)), min(spread, len(cells) // _FEWEST))
    ordered = sorted(cells, key=lambda cell: (cell.seed, cell.part.fold))
    bounds = [len(ordered) * at // count for at in range(count + 1)]
    return [Stack(tuple(ordered[low:high])) for low, high in pairwise(bounds)]
