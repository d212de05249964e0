"""A run as far as it has come: the one value that rules, comparison, lessons, screen and commands look at."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from gradtui.core.experiments.experiment import Experiment
from gradtui.core.measured.finding import Finding
from gradtui.core.measured.history import History
from gradtui.core.measured.protocol import Changed, Ended, Started


@dataclass(frozen=True, eq=False)
class Run:
    """An experiment as it stands, and what is known of its run.

    `started` is what was known before the first step, None until then; `history` grows with every frame; `findings` are those open
    and over, in the order in which they opened; `changes` are the live ones, in order; `ended` is None while it goes on. `step`
    counts the steps made, `speed` is in steps a second, `lane` is the run's lane in its stack, and `problem` says in a sentence
    why it failed; empty where it did not.
    """

    experiment: Experiment
    started: Started | None = None
    history: History = field(default_factory=History)
    findings: tuple[Finding, ...] = ()
    changes: tuple[Changed, ...] = ()
    ended: Ended | None = None
    step: int = 0
    speed: float | None = None
    lane: int = 0
    problem: str = ""

    @property
    def layers(self) -> tuple[str, ...]:
        """The names of the layers from the input on, the output layer last; empty before the run exists."""
        return self.started.layers if self.started else ()

    @property
    def guessing(self) -> float:
        """The training loss of the best constant answer; NaN where it is not known."""
        known = self.started.guessing if self.started else ()
        return known[self.lane] if len(known) > self.lane else math.nan

    @property
    def predicted(self) -> tuple[float | None, ...]:
        """What theory says of the first step's activation gradient by layer, 1 at the last hidden one; None where it is silent."""
        known = self.started.predicted if self.started else ()
        return known[self.lane] if len(known) > self.lane else (None,) * len(self.layers)
