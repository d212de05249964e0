"""What gradtui and published tools say of a run that is over: its frames are shown to them once more, at any scale of the loss."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.rules.outcome import Outcome
from benchmarks.rules.scaling import scaled, scaled_frame
from gradtui.core.experiments.experiment import Experiment
from gradtui.core.measured.run import Run
from gradtui.diagnosis.examiner import Examiner
from gradtui.diagnosis.published.registry import PUBLISHED


@dataclass(frozen=True)
class Spoken:
    """A run with all findings that it ever had. `others` are the rules that each published tool ever spoke of."""

    run: Run
    others: dict[str, set[str]]

    @property
    def rules(self) -> set[str]:
        """The rules that ever warned."""
        return {finding.rule for finding in self.run.findings if finding.severity != "info"}


def examined(experiment: Experiment, run: Outcome, scale: float = 1.0, published: bool = False) -> Spoken:
    """What gradtui says of a run whose loss is multiplied by `scale`, and what others say at every validation and at the end."""
    shown = scaled(experiment, scale)
    started = run.started.model_copy(update={"guessing": (run.guessing * scale,)})
    examiner = Examiner(Run(shown, started))
    others: dict[str, set[str]] = {name: set() for name in PUBLISHED}
    for frame in run.frames:
        examiner.observe(scaled_frame(frame, experiment, scale), shown)
        if published and (frame.validation_loss is not None or frame is run.frames[-1]):
            for name, tool in PUBLISHED.items():
                others[name] |= {remark.rule for remark in tool.judge(examiner.run) if remark.says}
    return Spoken(examiner.run, others)
