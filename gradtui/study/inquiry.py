"""What is asked of whoever trains: which cells are wanted next, by what is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gradtui.study import finder, question, search
from gradtui.study.cells import Cell, Results
from gradtui.study.finder import Finder
from gradtui.study.question import Question
from gradtui.study.study import Study


@dataclass(frozen=True)
class Inquiry:
    """`wanted` gives the cells to do next, none at the end; `expected` about how many there are in all, of which so many are known.
    What is `halved` is judged by `by` after a rung.
    """

    wanted: Callable[[Results], tuple[Cell, ...]]
    expected: Callable[[int], int]
    by: str = "validation_loss"
    halves: bool = False

    def halved(self, cells: tuple[Cell, ...]) -> bool:
        """Whether the worse points of a stack are stopped early: never where entrants are measured."""
        return self.halves and cells[0].purpose == "search"


def race(study: Study) -> Inquiry:
    """What a study asks."""
    return Inquiry(
        lambda results: search.wanted(study, results), lambda known: search.expected(study, known), study.by, study.halve
    )


def cause(asked: Question) -> Inquiry:
    """What a question for the cause asks."""
    return Inquiry(lambda results: question.wanted(asked, results), lambda known: question.expected(asked, known))


def rate(asked: Finder) -> Inquiry:
    """What a search for a learning rate asks."""
    cells = finder.cells(asked)
    return Inquiry(lambda results: tuple(cell for cell in cells if cell.name not in results), lambda known: len(cells))
