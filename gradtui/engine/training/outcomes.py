"""How lanes ended: what is told of each once it is over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from gradtui.core.measured.protocol import Divergence
from gradtui.engine.training.evaluation import Evaluation

Status = Literal["done", "stopped", "diverged"]


@dataclass(frozen=True)
class Outcome:
    """How a lane ended, after how many steps. Losses and accuracies are those on the first so many samples of the sets; None where
    there is no accuracy or no test part, and where the run was stopped before its first step.
    """

    status: Status
    step: int
    lane: int = 0
    divergence: Divergence | None = None
    validation_loss: float | None = None
    accuracy: float | None = None
    validation_accuracy: float | None = None
    training_samples: int = 0
    validation_samples: int = 0
    test_loss: float | None = None
    test_accuracy: float | None = None
    test_samples: int = 0


Outcomes = tuple[Outcome, ...]
"""One a lane."""


class Evaluated(NamedTuple):
    """Evaluations of the sets at the end, and where a lane stands in them."""

    trained: Evaluation | None
    kept: Evaluation | None
    tested: Evaluation | None
    place: int

    def loss(self, of: Evaluation | None) -> float | None:
        """The lane's loss on a set."""
        return of.loss[self.place] if of else None

    def accuracy(self, of: Evaluation | None) -> float | None:
        """The lane's accuracy on a set."""
        return of.accuracy[self.place] if of and of.accuracy else None


def outcome(status: Status, number: int, lane: int, found: Divergence | None, seen: Evaluated) -> Outcome:
    """What came of a lane, by the evaluations of its sets."""
    return Outcome(
        status,
        number,
        lane,
        found,
        validation_loss=seen.loss(seen.kept),
        accuracy=seen.accuracy(seen.trained),
        validation_accuracy=seen.accuracy(seen.kept),
        training_samples=seen.trained.samples if seen.trained else 0,
        validation_samples=seen.kept.samples if seen.kept else 0,
        test_loss=seen.loss(seen.tested),
        test_accuracy=seen.accuracy(seen.tested),
        test_samples=seen.tested.samples if seen.tested else 0,
    )
