"""What experiments that are trained side by side in one stack may differ in."""

from __future__ import annotations

import json

from gradtui.catalog.initializations import INITIALIZATIONS
from gradtui.catalog.recurrences import RECURRENCES
from gradtui.core.experiments.experiment import Experiment

_OWN_TABLES = ("optimizer", "schedule", "clip")
_OWN_KEYS = {"run.seed", "network.initialization", "network.recurrent", "network.forget_bias"} | {
    f"network.{parameter.name}" for entry in (*INITIALIZATIONS.values(), *RECURRENCES.values()) for parameter in entry.parameters
}
IN_WORDS = "optimizer, schedule, clipping, initialization and seed"


def own(key: str) -> bool:
    """Whether every lane of a stack may have its own value for a dotted key."""
    return key in _OWN_KEYS or key.partition(".")[0] in _OWN_TABLES


def in_common(experiment: Experiment) -> str:
    """What all lanes of a stack share, as text: experiments whose texts are equal can be trained side by side."""
    return json.dumps({key: value for key, value in experiment.flat().items() if not own(key)}, sort_keys=True)
