"""The examiner: follows one lane of a run, and opens and closes findings without flicker and at a bounded cost."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from gradtui.core.experiments.experiment import Experiment
from gradtui.core.measured.finding import SEVERITIES, Finding
from gradtui.core.measured.frame import Frame
from gradtui.core.measured.run import Run
from gradtui.diagnosis.fixes import offered
from gradtui.diagnosis.registry import JUDGES
from gradtui.diagnosis.rules import Lacking, Symptom

_OPENING, _APART = 10, 20
"""Steps at the start that are all looked at; then a look every twentieth of the steps made, so that a run has few."""
_SEEN, _CLEAN = 2, 3
"""Looks in a row that open a finding, and that close it."""


@dataclass
class _Watch:
    """What a rule has said in its newest looks."""

    seen: int = 0
    clean: int = 0
    finding: Finding | None = None


class Examiner:
    """Takes in the frames of a run; `run` is the run as far as it has come, with its findings."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._watches = {name: _Watch() for name in JUDGES}
        self._next = 1

    def observe(self, frame: Frame, experiment: Experiment) -> tuple[Finding, ...] | None:
        """Take in a frame of the experiment as it stands; the findings where they changed, None where not."""
        self.run.history.add(frame)
        self.run = replace(self.run, experiment=experiment, step=frame.step)
        if frame.step < self._next and math.isfinite(frame.loss.last) and math.isfinite(frame.gradient_norm.high):
            return None
        self._next = frame.step + max(1 if frame.step < _OPENING else _OPENING, frame.step // _APART)
        return self._look()

    def _look(self) -> tuple[Finding, ...] | None:
        before = self.run.findings
        for name, judge in JUDGES.items():
            answer = judge(self.run)
            if not isinstance(answer, Lacking):
                self._take(name, answer, self._watches[name])
        return self.run.findings if self.run.findings != before else None

    def _take(self, rule: str, symptom: Symptom | None, watch: _Watch) -> None:
        step = self.run.step
        if symptom is None:
            watch.seen, watch.clean = 0, watch.clean + 1
            if watch.finding is not None and watch.clean >= _CLEAN:
                self._replace(watch.finding, watch.finding.model_copy(update={"until": step}))
                watch.finding = None
            return
        watch.seen, watch.clean = watch.seen + 1, 0
        if watch.finding is None:
            if watch.seen >= _SEEN or symptom.certain:
                watch.finding = self._finding(rule, symptom, step)
                self._tell((*self.run.findings, watch.finding))
        elif SEVERITIES.index(symptom.severity) > SEVERITIES.index(watch.finding.severity):
            worse = self._finding(rule, symptom, watch.finding.step)
            self._replace(watch.finding, worse)
            watch.finding = worse

    def _replace(self, old: Finding, new: Finding) -> None:
        self._tell(tuple(new if finding is old else finding for finding in self.run.findings))

    def _tell(self, findings: tuple[Finding, ...]) -> None:
        self.run = replace(self.run, findings=findings)

    def _finding(self, rule: str, symptom: Symptom, step: int) -> Finding:
        return Finding(
            rule=rule,
            severity=symptom.severity,
            step=step,
            what=symptom.what,
            evidence=symptom.evidence,
            meaning=symptom.meaning,
            source=symptom.source,
            layers=symptom.layers,
            place="time step" if symptom.over_time else "layer",
            fixes=offered(self.run.experiment, *symptom.fixes),
        )
