"""Findings: what is wrong with a run, where, how we know, and what would mend it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from gradtui.core.frozen import Frozen
from gradtui.core.measured.bounds import Count, Few, Name, Named, Value, Words
from gradtui.core.text import grouped, printable, setting

Severity = Literal["info", "warning", "critical"]
SEVERITIES: tuple[Severity, ...] = ("info", "warning", "critical")
"""From the mildest to the worst."""
_SIGNS: Mapping[Severity, str] = {"info": "•", "warning": "▲", "critical": "✗"}
_OVER = "○"

RULES: Mapping[str, str] = {
    "vanishing-gradients": "Vanishing gradients",
    "exploding-gradients": "Exploding gradients",
    "dead-units": "Dead units",
    "saturated-units": "Saturated units",
    "non-finite": "Non-finite numbers",
    "learning-rate-too-high": "Learning rate too high",
    "learning-rate-too-low": "Learning rate too low",
    "loss-oscillating": "Oscillating loss",
    "loss-not-decreasing": "Loss not decreasing",
    "overfitting": "Overfitting",
    "symmetric-initialization": "Symmetric initialization",
}
"""What can be wrong with a run: the rules by name, each with its title."""


class Fix(Frozen):
    """A named change to the experiment. `set` holds its values by dotted key, for `Experiment.changed`."""

    title: Words
    reason: Words
    set: Named[Value]

    @property
    def changes(self) -> str:
        """What it sets, in words: activation relu, initialization he-normal."""
        return printable(", ".join(setting(key, value) for key, value in self.set.items()))


class Finding(Frozen):
    """A rule's verdict on a run, open from `step` on until `until`, which is None while it lasts.

    `layers` are the names of the layers concerned, or of time steps where `place` says so, from the input on; empty where the whole
    network is meant. `what` says what and where, `evidence` the measured numbers beside the threshold, `meaning` what follows for
    this optimizer, `source` where the threshold comes from. `fixes` are the best first.
    """

    rule: Name
    severity: Severity
    step: Count
    what: Words
    evidence: Words
    meaning: Words
    source: Words
    layers: Few[Name] = ()
    place: Literal["layer", "time step"] = "layer"
    fixes: Few[Fix] = ()
    until: Count | None = None

    @property
    def sign(self) -> str:
        """What stands in front of it: how severe it is, or that it is over."""
        return _SIGNS[self.severity] if self.until is None else _OVER

    @property
    def when(self) -> str:
        """Since when, or from when to when, in words."""
        if self.until is None:
            return f"since step {grouped(self.step)}"
        return f"from step {grouped(self.step)} to {grouped(self.until)}, no longer"


def in_force(findings: Iterable[Finding], step: int | None = None) -> tuple[Finding, ...]:
    """Those open at a step, or now, the worst first, and of equals the oldest."""
    found = (
        finding
        for finding in findings
        if (finding.until is None if step is None else finding.step <= step and (finding.until is None or step < finding.until))
    )
    return tuple(sorted(found, key=lambda finding: (-SEVERITIES.index(finding.severity), finding.step)))


def by_rule(findings: Iterable[Finding]) -> dict[str, Finding]:
    """Those in force now by the rule's name, the worst first."""
    found: dict[str, Finding] = {}
    for finding in in_force(findings):
        found.setdefault(finding.rule, finding)
    return found


def to_mend(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those in force, the worst first; where there are none, the warnings that are over, the newest first; or else the rest."""
    known = tuple(findings)
    over = sorted(known, key=lambda finding: -finding.step)
    return in_force(known) or tuple(finding for finding in over if finding.severity != "info") or tuple(over)
