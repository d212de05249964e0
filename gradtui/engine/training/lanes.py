"""Which experiments can be trained side by side in one stack."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradtui.catalog.schedules import SCHEDULES
from gradtui.core.experiments.beside import IN_WORDS, own
from gradtui.core.experiments.experiment import Experiment, InvalidExperiment, Mistake
from gradtui.core.experiments.refusal import Incompatible


def check(experiments: Sequence[Experiment]) -> None:
    """Raise Incompatible where lanes differ in what a stack shares, or where the network cannot take the batches."""
    first = experiments[0]
    for lane, experiment in enumerate(experiments[1:], start=2):
        for key, (one, other) in first.differences(experiment).items():
            if not own(key):
                raise Incompatible(
                    f"Experiment {lane} cannot be trained beside the first one: its {key} is {other}, and {one} in the first one. "
                    f"Side by side, {IN_WORDS} may differ."
                )


def changed(experiments: Sequence[Experiment], key: str, value: Any) -> list[Experiment]:
    """Every lane with another value for one live parameter. Raises InvalidExperiment for any other key or a wrong value."""
    for experiment in experiments:
        if not experiment.parameter(key).live:
            raise InvalidExperiment([Mistake(key, "cannot change while training runs; start again with the new value.")])
    if (
        len(experiments) > 1
        and key == "schedule.name"
        and isinstance(value, str)
        and value in SCHEDULES
        and SCHEDULES[value].target
    ):
        problem = f"{value} judges the loss of every run by itself and cannot begin while runs share their optimizer; start again."
        raise InvalidExperiment([Mistake(key, problem)])
    return [experiment.changed({key: value}) for experiment in experiments]
