"""What came of a cell of a study: the numbers by which it is judged, and how it got there."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from gradtui.core.frozen import Frozen
from gradtui.core.measured.bounds import Count, Few, Name, Words
from gradtui.core.measured.frame import Number

Cell = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
"""A cell's name: a hash of everything that determines it."""
Moment = tuple[Count, Number, Number | None]
"""A step, the mean training loss since the moment before, and the validation loss where it was measured."""


class Result(Frozen):
    """A cell that is over. `loss` is the mean training loss of its last steps; the other numbers are those of whole sets at its
    end, None where there is no such set or accuracy. `curve` are its moments in order, `findings` the rules in force at its end,
    `guessing` the training loss of the best constant answer. `optimizer_us` are the microseconds of an optimizer's step by itself,
    `seconds` the time of its stack by lane. `problem` says why it failed, empty where it did not.
    """

    cell: Cell
    status: Literal["done", "diverged", "stopped", "failed"]
    step: Count = 0
    loss: Number | None = None
    validation_loss: Number | None = None
    validation_accuracy: Number | None = None
    validation_samples: Count = 0
    test_loss: Number | None = None
    test_accuracy: Number | None = None
    test_samples: Count = 0
    guessing: Number | None = None
    optimizer_us: Number | None = None
    seconds: Number = 0.0
    curve: Few[Moment] = ()
    findings: Few[Name] = ()
    problem: Words = ""


@dataclass(frozen=True)
class Judge:
    """A number that cells are judged by. `accuracy` says that more is better, and that it is a share of examples."""

    title: str
    accuracy: bool = False


JUDGES: Mapping[str, Judge] = {
    "validation_loss": Judge("validation loss"),
    "loss": Judge("training loss"),
    "validation_accuracy": Judge("validation accuracy", accuracy=True),
}
"""What cells may be judged by, by the result's own names."""


def badness(result: Result, by: str) -> float:
    """What is to be small: the loss, or the share of wrong examples; infinite where a cell diverged, failed or was stopped."""
    if result.status != "done":
        return math.inf
    value = getattr(result, by)
    if value is None or math.isnan(value):
        return math.inf
    return 1.0 - value if JUDGES[by].accuracy else float(value)
