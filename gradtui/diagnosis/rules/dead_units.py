"""Dead units: zero on every validation sample, so that no gradient reaches their weights."""

from __future__ import annotations

from gradtui.core.measured.run import Run
from gradtui.diagnosis import fixes
from gradtui.diagnosis.readings import between, early, jumped, learned, profile
from gradtui.diagnosis.rules import Answer, Lacking, Symptom

_MANY, _ALL = 0.7, 0.95
"""Shares of a layer's units from which it is warned of, and from which it is critical."""
_WEIGHTS = fixes.surest, fixes.plain, fixes.leaky, fixes.layer_norm


def judge(run: Run) -> Answer:
    """The share of dead units by layer."""
    seen = profile(run.history.last, "dead", run)
    if seen is None:
        return Lacking("the share of dead units: the activation has no dead side, or no validation has been made")
    found = [(name, share) for name, share in zip(seen.names, seen.values, strict=True) if share >= _MANY]
    if not found:
        return None
    worst = max(share for _, share in found)
    names = tuple(name for name, _ in found)
    return Symptom(
        severity="info" if learned(run) or early(run) else "critical" if worst >= _ALL else "warning",
        what=f"Units are dead in {between(names)}",
        evidence=f"Up to {100 * worst:.0f} % of a layer's units are zero on every validation sample; "
        f"{100 * _MANY:.0f} % is too many.",
        meaning="A dead unit gets no gradient, so no optimizer brings it back.",
        source="AUTOTRAINER and DeepDiagnosis flag a share of 0.7; Lu 2020",
        layers=names,
        fixes=(fixes.adam, *_WEIGHTS) if jumped(run) else (*_WEIGHTS, fixes.adam),
    )
