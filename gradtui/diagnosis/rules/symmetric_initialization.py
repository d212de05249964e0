"""Symmetric initialization: all weights begin alike, so all units of a layer stay alike."""

from __future__ import annotations

from gradtui.core.measured.run import Run
from gradtui.core.text import number
from gradtui.diagnosis import fixes
from gradtui.diagnosis.readings import profile
from gradtui.diagnosis.rules import Answer, Lacking, Symptom


def judge(run: Run) -> Answer:
    """Weights without a spread, by the experiment; the first gradients beside it."""
    network = run.experiment.network.values()
    seen = profile(run.history.first, "weight_gradient", run)
    if seen is None:
        return Lacking("a first step")
    if network["initialization"] != "zeros" and not (network["initialization"] == "normal" and network.get("std") == 0):
        return None
    return Symptom(
        severity="critical",
        what="All weights begin alike",
        evidence=f"All weights are the same, and |dL/dW| of layer {seen.names[0]} was {number(seen.values[0])} at the first step.",
        meaning="Units that begin alike get the same gradient and stay alike: a layer works as one unit.",
        source="Goodfellow 2016, section 8.4",
        fixes=(*fixes.sounder(), fixes.tanh_xavier),
    )
