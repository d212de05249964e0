"""Overfitting: the validation loss rises while the training loss falls on."""

from __future__ import annotations

import numpy as np

from gradtui.core.measured.run import Run
from gradtui.core.text import grouped, number
from gradtui.diagnosis import fixes
from gradtui.diagnosis.readings import RISE, generalization, guessing, recent_loss, settled
from gradtui.diagnosis.rules import Answer, Lacking, Symptom

_GAP = 1.25
"""Validation by training loss from which they are apart."""
_FITS = 0.6
"""Share of guessing's loss below which the training samples are being learned."""
_LITTLE = 0.035
"""Share of guessing's loss by which validation must have risen."""
_HALF = 0.5
"""Share of the run before which a rise may pass."""


def judge(run: Run) -> Answer:
    """The least of the newest validation losses beside the best before and the training loss; noted while it may pass."""
    seen = generalization(run)
    if seen is None:
        return Lacking("five validations or more, with finite losses")
    training, guessed = recent_loss(run), guessing(run)
    then = float(run.history.mean_loss.last[int(np.searchsorted(run.history.mean_loss.steps, seen.at)), 0])
    fits = training < min(then, _FITS * guessed, seen.now / _GAP)
    if not (fits and seen.now > RISE * seen.best and seen.now - seen.best > _LITTLE * guessed):
        return None
    some = fixes.decay, fixes.smaller(0.003, 1.0)
    helps = (fixes.until(seen.at), *some) if seen.best < guessed else (fixes.smaller(0.01, 3.0), *reversed(some))
    return Symptom(
        severity="warning" if settled(run, _HALF) else "info",
        what="The network overfits",
        evidence=f"Validation loss {number(seen.now)} after a best of {number(seen.best)} at step {grouped(seen.at)}; "
        f"training loss {number(training)}.",
        meaning="It learns the training samples by heart: what it gains there it loses elsewhere.",
        source=f"validation {RISE:g} times its best and {_GAP:g} times the training loss (early stopping after Prechelt 1998)",
        fixes=helps,
    )
