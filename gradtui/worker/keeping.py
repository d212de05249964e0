"""How the runs of the Lab are recorded, and whether they are."""

from __future__ import annotations

from pathlib import Path

from gradtui.core.experiments.experiment import Experiment
from gradtui.core.measured.protocol import Keep, Recording, Report
from gradtui.core.presets.preset import Preset


class Keeping:
    """Records runs in a place; none where that is None. `folder` is that of the newest run, `problem` says why nothing is saved;
    both are empty where there is none.
    """

    def __init__(self, place: Path | None) -> None:
        self._place = place
        self.folder = self.problem = ""

    def keep(self, preset: Preset, experiment: Experiment) -> Keep | None:
        """What is told of a run that starts: its preset, and what was changed of it."""
        self.folder = self.problem = ""
        if self._place is None:
            return None
        changes = {key: value for key, (_, value) in preset.experiment.differences(experiment).items() if value is not None}
        origin = preset.origin.words if preset.origin else ""
        return Keep(place=str(self._place), title=preset.first_title, preset=origin, changes=changes)

    def hear(self, report: Report) -> None:
        """Take in what the backend says of it."""
        if isinstance(report, Recording):
            self.folder, self.problem = report.folder, report.problem
