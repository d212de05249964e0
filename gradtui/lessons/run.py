"""A run as a lesson sees it: the experiment, and what is known of it so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from gradtui.core.experiments.experiment import Experiment
from gradtui.core.measured.finding import SEVERITIES, Finding
from gradtui.core.measured.history import History
from gradtui.core.theory.depth import Prediction, predict


@dataclass(frozen=True)
class Run:
    """An experiment with what it has measured, which is nothing before the first step, and its findings.

    `layers` are the names of the layers from the input on, the output layer last; empty before the run exists.
    """

    experiment: Experiment
    history: History = field(default_factory=History)
    layers: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    @cached_property
    def prediction(self) -> Prediction | None:
        """What theory says of the hidden layers for inputs of variance 1; None where no theory applies."""
        return predict(self.experiment)

    @cached_property
    def complaints(self) -> dict[str, Finding]:
        """The open findings by rule, the worst first."""
        found: dict[str, Finding] = {}
        for finding in sorted(self.findings, key=lambda finding: -SEVERITIES.index(finding.severity)):
            if finding.until is None:
                found.setdefault(finding.rule, finding)
        return found
