"""The strip: all chosen values in two lines, for terminals too small for the forms."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.binding import BindingType

from gradtui.core.experiments.experiment import Experiment
from gradtui.core.text import exact
from gradtui.tui.key import bindings
from gradtui.tui.keys import STRIP
from gradtui.tui.widgets.cells import Cells


class ValueStrip(Cells, can_focus=True):
    """The experiment at a glance. Enter opens the forms over the screen."""

    BINDINGS: ClassVar[list[BindingType]] = bindings([STRIP])
    COMPONENT_CLASSES: ClassVar[set[str]] = {"strip--value", "strip--quiet"}

    def fill(self, experiment: Experiment) -> None:
        """Show the values that people ask for first."""
        network, optimizer, schedule, clip, task, run = (
            experiment.section(table).values() for table in ("network", "optimizer", "schedule", "clip", "task", "run")
        )
        extras = ["residual"] if network.get("residual") else []
        if network.get("normalization", "none") != "none":
            extras.append(f"{network['normalization']} norm")
        activation = [network["activation"]] if "activation" in network else []
        clipped = f"clip {clip['by']} {exact(clip['threshold'])}" if clip["by"] != "none" else "no clipping"
        batch = f"batch {run['batch_size']}" if run["batch_size"] else "whole set"
        shape = f"{network['family']} {network['depth']}x{network['width']}"
        rate = f"{optimizer['name']} lr {exact(optimizer['learning_rate'])}"
        falls = f" {schedule['name']}" if schedule["name"] != "constant" else ""
        self.show(
            [
                self._line([shape, *activation, network["initialization"], *extras]),
                self._line([rate + falls, clipped, task["name"], batch, f"seed {run['seed']}"]),
            ]
        )

    def _line(self, values: list[str]) -> Text:
        line = Text(" ")
        for at, word in enumerate(values):
            line.append(" · " if at else "", ".strip--quiet").append(word, ".strip--value")
        return line
