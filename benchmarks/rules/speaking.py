"""What gradtui says of a run that is over: its frames are shown to the examiner once more, at any scale of the loss."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.rules.outcome import Outcome
from benchmarks.rules.scaling import scaled, scaled_frame
from gradtui.core.experiment import Experiment
from gradtui.core.finding import Finding
from gradtui.core.history import History
from gradtui.diagnosis.examiner import Examiner


@dataclass(frozen=True)
class Spoken:
    """All findings that a run ever had, and its history."""

    findings: tuple[Finding, ...]
    history: History

    @property
    def rules(self) -> set[str]:
        """The rules that ever warned."""
        return {finding.rule for finding in self.findings if finding.severity != "info"}


def examined(experiment: Experiment, run: Outcome, scale: float = 1.0) -> Spoken:
    """What gradtui says of a run whose loss is multiplied by `scale`."""
    shown = scaled(experiment, scale)
    examiner = Examiner(shown, run.started.model_copy(update={"guessing": (run.guessing * scale,)}))
    for frame in run.frames:
        examiner.observe(scaled_frame(frame, experiment, scale), shown)
    return Spoken(examiner.findings, examiner.history)
