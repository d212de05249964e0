"""The examiner: follows one lane of a run, and opens and closes findings without flicker and at a bounded cost."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gradtui.core.experiments.experiment import Experiment
from gradtui.core.measured.finding import SEVERITIES, Finding
from gradtui.core.measured.frame import Frame
from gradtui.core.measured.history import History
from gradtui.core.measured.protocol import Started
from gradtui.diagnosis.case import Case
from gradtui.diagnosis.fixes import offered
from gradtui.diagnosis.registry import RULES
from gradtui.diagnosis.rules import Lacking, Rule, Symptom

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
    """Takes in the frames of a lane; `history` holds them, `findings` those open and over, in the order in which they opened."""

    def __init__(self, experiment: Experiment, started: Started, lane: int = 0) -> None:
        self.history = History()
        self.findings: tuple[Finding, ...] = ()
        self._experiment, self._started, self._lane = experiment, started, lane
        self._watches = {name: _Watch() for name in RULES}
        self._next = 1

    def observe(self, frame: Frame, experiment: Experiment) -> tuple[Finding, ...] | None:
        """Take in a frame of the experiment as it stands; the findings where they changed, None where not."""
        self.history.add(frame)
        self._experiment = experiment
        if frame.step < self._next and math.isfinite(frame.loss.last) and math.isfinite(frame.gradient_norm.high):
            return None
        self._next = frame.step + max(1 if frame.step < _OPENING else _OPENING, frame.step // _APART)
        return self._look(frame)

    def _look(self, frame: Frame) -> tuple[Finding, ...] | None:
        case = Case(self._experiment, self._started, self.history, self._lane)
        before, step = self.findings, frame.step
        for rule in RULES.values():
            answer = rule.judge(case)
            if not isinstance(answer, Lacking):
                self._take(rule, answer, self._watches[rule.name], step)
        return self.findings if self.findings != before else None

    def _take(self, rule: Rule, symptom: Symptom | None, watch: _Watch, step: int) -> None:
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
                self.findings = (*self.findings, watch.finding)
        elif SEVERITIES.index(symptom.severity) > SEVERITIES.index(watch.finding.severity):
            worse = self._finding(rule, symptom, watch.finding.step)
            self._replace(watch.finding, worse)
            watch.finding = worse

    def _replace(self, old: Finding, new: Finding) -> None:
        self.findings = tuple(new if finding is old else finding for finding in self.findings)

    def _finding(self, rule: Rule, symptom: Symptom, step: int) -> Finding:
        return Finding(
            rule=rule.name,
            severity=symptom.severity,
            step=step,
            what=symptom.what,
            evidence=symptom.evidence,
            meaning=symptom.meaning,
            source=symptom.source,
            layers=symptom.layers,
            place="time step" if symptom.over_time else "layer",
            fixes=offered(self._experiment, *symptom.fixes),
        )
