"""Two to eight runs side by side: what differs in their experiments, and from which step on they differ themselves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from gradtui.core.experiments.experiment import Experiment
from gradtui.core.measured.protocol import Sampled
from gradtui.core.text import grouped
from gradtui.runs.folder import Found

MOST = 8
_ROUNDING = 1e-5
"""Relative difference of two losses that rounding in 32 bits does not explain."""


def differences(experiments: Sequence[Experiment]) -> dict[str, tuple[Any, ...]]:
    """Dotted keys whose values are not all the same, with each one's value; None where a key is absent."""
    tables = [made.flat() for made in experiments]
    keys = dict.fromkeys(key for table in tables for key in table)
    found = {key: tuple(table.get(key) for table in tables) for key in keys}
    return {key: values for key, values in found.items() if any(value != values[0] for value in values)}


def parting(runs: Sequence[Found]) -> str:
    """From which step on the losses differ by more than rounding, in a sentence; steps count that all of them have frames of."""
    losses = [
        {report.frame.step: report.frame.loss.last for _, report in found.reports if isinstance(report, Sampled)} for found in runs
    ]
    shared = sorted(set.intersection(*map(set, losses))) if losses else []
    if not shared:
        return "They have no step in common that was measured."
    apart = next((step for step in shared if not _same([loss[step] for loss in losses])), None)
    if apart is None:
        return f"Their losses are the same but for rounding at all {grouped(len(shared))} steps that all of them measured."
    if apart == shared[0]:
        return f"Their losses differ from step {grouped(apart)} on, the first that all of them measured."
    before = shared[shared.index(apart) - 1]
    return f"Their losses are the same but for rounding until step {grouped(before)}, and differ at step {grouped(apart)}."


def _same(values: Sequence[float]) -> bool:
    first, *others = values
    return all(
        first == other or (math.isnan(first) and math.isnan(other)) or math.isclose(first, other, rel_tol=_ROUNDING)
        for other in others
    )
