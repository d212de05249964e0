"""What came of a run that is done, in a few sentences."""

from __future__ import annotations

import math

from gradtui.core.measured.run import Run
from gradtui.core.measured.summary import summarize
from gradtui.core.text import grouped, number
from gradtui.tui.keys import spoken


def ending(run: Run, goes_on: bool) -> tuple[str, ...]:
    """The sentences, the most important first; `goes_on` says whether the run can train on."""
    summary = summarize(run)
    loss, accuracy = summary.loss, summary.accuracy.validation
    steps = f"{grouped(summary.steps)} step{'' if summary.steps == 1 else 's'}"
    guessing = f"; guessing has {number(run.guessing)}" if math.isfinite(run.guessing) else ""
    parts = [f"✓ Done, {steps}: the loss was {number(loss.first)} at first and is {number(loss.last)}{guessing}."]
    if loss.validation is not None:
        known = f", with an accuracy of {number(accuracy)}" if accuracy is not None else ""
        parts.append(f"On validation samples it is {number(loss.validation)}{known}.")
    parts.append(f"The lowest of all steps was {number(loss.best)}.")
    parts.append(
        f"{spoken('run.toggle')} {'trains on' if goes_on else 'starts anew'}, {spoken('presets.open')} lists other experiments."
    )
    return tuple(parts)
