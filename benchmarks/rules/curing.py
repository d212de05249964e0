"""Whether the fixes cure: `gradtui fix` on a run, judged by its outcome and not by what the rules say afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchmarks.rules.labels import cured
from benchmarks.rules.outcome import outcome
from benchmarks.rules.speaking import examined
from gradtui.core.experiment import Experiment
from gradtui.diagnosis.comparison import Trial
from gradtui.fixing import mend


@dataclass(frozen=True)
class _Replayed:
    trial: Trial
    signal: int = 0


@dataclass(frozen=True)
class Cure:
    """What fixes made of a sick run: whether the first attempt, and the best of the first three, learned what can be learned."""

    first: bool
    third: bool
    attempts: tuple[str, ...]


def cure(experiment: Experiment, cache: Path) -> Cure:
    """Try up to three fixes as `gradtui fix --all --limit 3` does, from the cache where they have been run before."""

    def run(chosen: Experiment) -> _Replayed:
        spoken = examined(chosen, outcome(chosen, cache))
        return _Replayed(Trial(chosen, spoken.history, spoken.findings))

    mended = mend(experiment, 3, run)
    if not mended.attempts:
        return Cure(False, False, ())
    first = experiment.changed(mended.attempts[0].fix.set)
    last = experiment.changed(mended.set)
    tried = tuple(f"{attempt.rule}: {attempt.fix.title} ({attempt.verdict})" for attempt in mended.attempts)
    helped = [cured(experiment, outcome(one, cache), cache) for one in (first, last)]
    return Cure(first=helped[0], third=helped[1], attempts=tried)
