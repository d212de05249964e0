"""Which quantities there are to draw of an experiment's run."""

from __future__ import annotations

from gradtui.catalog.activations import ACTIVATIONS
from gradtui.catalog.networks import FAMILIES
from gradtui.core.experiments.experiment import Experiment
from gradtui.core.measured.frame import DRAWN, OVER_TIME


def drawn(experiment: Experiment) -> tuple[str, ...]:
    """The names in `DRAWN` that its run measures: units die and saturate only where the activation has flat sides."""
    values = experiment.network.values()
    activation = ACTIVATIONS.get(values.get("activation", ""))
    there = {
        "dead": activation is not None and activation.dies,
        "saturated": activation is not None and activation.range is not None,
        OVER_TIME.name: FAMILIES[experiment.network.family].gates > 0,
    }
    return tuple(name for name in DRAWN if there.get(name, True))
