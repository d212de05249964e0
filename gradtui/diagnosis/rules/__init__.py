"""The rules, one file each: pure functions from a run to what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gradtui.core.measured.finding import Severity
from gradtui.core.measured.run import Run
from gradtui.diagnosis.fixes import Maker


@dataclass(frozen=True)
class Symptom:
    """What a rule sees in a run now; the fields are those of `Finding`, with what makes its fixes, the best first. What is
    `certain` is told at the first look, anything else at the second in a row.
    """

    severity: Severity
    what: str
    evidence: str
    meaning: str
    source: str
    layers: tuple[str, ...] = ()
    over_time: bool = False
    fixes: tuple[Maker, ...] = ()
    certain: bool = False


@dataclass(frozen=True)
class Lacking:
    """A rule cannot tell, and what it would need to."""

    reason: str


Answer = Symptom | Lacking | None
"""None: the rule looked and found nothing."""


Judge = Callable[[Run], Answer]
"""A rule; it never raises, whatever the run holds."""
