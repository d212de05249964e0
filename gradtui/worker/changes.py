"""What a run can become without starting anew."""

from __future__ import annotations

from typing import Any

from gradtui.core.experiments.experiment import Experiment, InvalidExperiment
from gradtui.core.measured.run import Run


def live_changes(running: Experiment, wanted: Experiment) -> dict[str, Any] | None:
    """The changes that lead a run, one after the other, to what is wanted; None where one of them needs another run.

    What a choice brings by itself is left out.
    """
    changes = {}
    for key, (_, value) in running.differences(wanted).items():
        if value is None or running.value(key) == value:
            continue
        if not wanted.parameter(key).live:
            return None
        try:
            running = running.changed({key: value})
        except InvalidExperiment:
            return None
        changes[key] = value
    return changes


def onward(run: Run, wanted: Experiment) -> Experiment | None:
    """What a run that was left, or is over, can go on as: `wanted` where that has steps left and differs in nothing but live
    values, or the same experiment with as many steps again; None where it cannot.
    """
    if wanted == run.experiment and wanted.run.steps <= run.step:
        try:
            wanted = wanted.changed({"run.steps": 2 * run.step})
        except InvalidExperiment:
            return None
    return wanted if wanted.run.steps > run.step and live_changes(run.experiment, wanted) is not None else None
