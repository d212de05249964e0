"""Saturated units: at the flat ends of their activation, where its slope is next to nothing."""

from __future__ import annotations

from gradtui.core.measured.run import Run
from gradtui.diagnosis import fixes
from gradtui.diagnosis.readings import between, early, learned, profile
from gradtui.diagnosis.rules import Answer, Lacking, Symptom

_MANY, _ALL = 0.5, 0.9
"""Shares of a layer's outputs from which it is warned of, and from which it is critical."""


def judge(run: Run) -> Answer:
    """The share of saturated outputs by layer. What has learned may saturate, and what begins so may come back by itself."""
    seen = profile(run.history.last, "saturated", run)
    if seen is None:
        return Lacking("the share of saturated units: the activation has no flat ends, or no validation has been made")
    found = [(name, share) for name, share in zip(seen.names, seen.values, strict=True) if share >= _MANY]
    if not found or learned(run):
        return None
    worst = max(share for _, share in found)
    names = tuple(name for name, _ in found)
    return Symptom(
        severity="info" if early(run) else "critical" if worst >= _ALL else "warning",
        what=f"Units are saturated in {between(names)}",
        evidence=f"Up to {100 * worst:.0f} % of a layer's outputs lie at the ends of the activation; "
        f"{100 * _MANY:.0f} % is too many.",
        meaning="The slope there is close to zero, so the gradient stops at these units.",
        source="SageMaker Debugger and DeepDiagnosis flag 50 %; tanh beyond 0.97 after Karpathy",
        layers=names,
        fixes=(*fixes.sounder(), fixes.tanh_xavier, fixes.layer_norm),
    )
