"""A case: everything that a rule may look at."""

from __future__ import annotations

from dataclasses import dataclass

from gradtui.core.experiments.experiment import Experiment
from gradtui.core.measured.history import History
from gradtui.core.measured.protocol import Started


@dataclass(frozen=True)
class Case:
    """A run as far as it has come: the experiment as it stands, what was known before its first step, and what was measured."""

    experiment: Experiment
    started: Started
    history: History
    lane: int = 0
