"""What a study sends to a backend, and what comes back: cells to train side by side, how far they are, and their results."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from gradtui.core.experiments.part import WHOLE, Part
from gradtui.core.frozen import Frozen
from gradtui.core.measured.bounds import Count, Few, Name, Words
from gradtui.core.measured.frame import Number
from gradtui.core.measured.message import Message, Order
from gradtui.core.measured.result import Cell, Result


class Assigned(Frozen):
    """A cell to be trained. With `sweep` its learning rate runs from one to the other over its steps, by equal factors a step."""

    cell: Cell
    experiment: dict[str, dict[str, Any]]
    part: Part = WHOLE
    sweep: tuple[Annotated[float, Field(gt=0)], Annotated[float, Field(gt=0)]] | None = None


class Work(Order):
    """Train these cells side by side. With `halve` the worse two thirds of the points are stopped at a ninth and a third of the
    steps, by what `by` says; cells whose numbers in `points` are equal are the same point with other seeds.
    """

    type: Literal["work"] = "work"
    job: Name
    cells: tuple[Assigned, ...]
    by: Name = "validation_loss"
    points: tuple[Count, ...] = ()
    halve: bool = False


class Dropped(Order):
    """Stop these cells; the others of their stack go on."""

    type: Literal["dropped"] = "dropped"
    cells: Few[Cell]


class Working(Message):
    """How far a job is: the newest step, mean training loss and validation loss of every cell that is still trained."""

    type: Literal["working"] = "working"
    job: Name
    step: Count
    cells: Few[tuple[Cell, Number, Number | None]]


class Finished(Message):
    """A cell is over."""

    type: Literal["finished"] = "finished"
    job: Name
    result: Result


class Worked(Message):
    """A job is over. `problem` says why it could not be done, `refused` that nothing was started; empty where it was."""

    type: Literal["worked"] = "worked"
    job: Name
    problem: Words = ""
    refused: bool = False
