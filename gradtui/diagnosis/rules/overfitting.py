"""Overfitting: the validation loss rises while the training loss falls on."""

from __future__ import annotations

import numpy as np

from gradtui.core.text import grouped, number
from gradtui.diagnosis import fixes
from gradtui.diagnosis.case import Case
from gradtui.diagnosis.readings import guessing, recent_loss
from gradtui.diagnosis.rules import Answer, Lacking, Rule, Symptom

_VALIDATIONS, _LASTING, _NEWER = 5, 3, 0.75
_RISE, _GAP = 1.1, 1.4
_LITTLE = 0.035
"""A rise by less than this share of guessing's loss is nothing to mend."""


def judge(case: Case) -> Answer:
    """The least of the newest validation losses beside the best before and beside the training loss."""
    series = case.history.validation_loss
    if len(series) < _VALIDATIONS:
        return Lacking(f"{_VALIDATIONS} validations")
    losses = series.last[:, 0]
    since = min(len(series) - _LASTING, int(np.searchsorted(series.steps, _NEWER * series.steps[-1])))
    if not np.isfinite(losses).all():
        return None
    best, now, training = float(losses[:since].min()), float(losses[since:].min()), recent_loss(case)
    at = int(series.steps[int(losses.argmin())])
    then = float(case.history.mean_loss.last[int(np.searchsorted(case.history.mean_loss.steps, at)), 0])
    if not (training < then and now > _RISE * best and now > _GAP * training and now - best > _LITTLE * guessing(case)):
        return None
    return Symptom(
        severity="warning",
        what="The network overfits",
        evidence=f"Validation loss {number(now)} after a best of {number(best)} at step {grouped(at)}; training loss "
        f"{number(training)}.",
        meaning="It learns the training samples by heart: what it gains there it loses elsewhere.",
        source=f"validation {_RISE:g} times its best and {_GAP:g} times the training loss (early stopping after Prechelt 1998)",
        fixes=(fixes.until(at), fixes.decay, fixes.smaller),
    )


RULE = Rule("overfitting", "Overfitting", judge)
