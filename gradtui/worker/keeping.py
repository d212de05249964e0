"""How the runs of the Lab are recorded."""

from __future__ import annotations

from pathlib import Path

from gradtui.core.experiments.experiment import Experiment
from gradtui.core.measured.protocol import Keep
from gradtui.core.presets.preset import Preset


def keep(place: Path | None, preset: Preset, experiment: Experiment) -> Keep | None:
    """What is told of a run that is to be recorded in a place: its preset, and what was changed of it. None without a place."""
    if place is None:
        return None
    changes = {key: value for key, (_, value) in preset.experiment.differences(experiment).items() if value is not None}
    origin = preset.origin.words if preset.origin else ""
    return Keep(place=str(place), title=preset.first_title, preset=origin, changes=changes)
