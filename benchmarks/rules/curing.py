"""Whether the fixes cure: the first three that gradtui offers at the end of a run, judged by outcome and not by the rules."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchmarks.rules.labels import cured
from benchmarks.rules.outcome import outcome
from benchmarks.rules.speaking import examined
from gradtui.core.experiments.experiment import Experiment
from gradtui.core.measured.finding import to_mend

_TRIED = 3


@dataclass(frozen=True)
class Cure:
    """What the fixes of what is wrong in the end, or was before, make of a sick run: whether each learns what can be learned."""

    attempts: tuple[tuple[str, bool], ...]

    @property
    def first(self) -> bool:
        """Whether the first fix cures."""
        return any(works for _, works in self.attempts[:1])

    @property
    def third(self) -> bool:
        """Whether one of the first three does."""
        return any(works for _, works in self.attempts)


def cure(experiment: Experiment, cache: Path) -> Cure:
    """Try the fixes one by one from step 0, from the cache where they have been run before."""
    spoken = examined(experiment, outcome(experiment, cache))
    fixes = [(finding.rule, fix) for finding in to_mend(spoken.run.findings) for fix in finding.fixes]
    tried = {str(experiment.changed(fix.set)): (f"{rule}: {fix.title}", experiment.changed(fix.set)) for rule, fix in fixes}
    attempts = list(tried.values())[:_TRIED]
    return Cure(tuple((name, cured(experiment, outcome(changed, cache), cache)) for name, changed in attempts))
