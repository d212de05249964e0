"""What there is to look at before a run exists: its layers and time steps, and what theory says of its first gradients."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from gradtui.catalog.networks import FAMILIES
from gradtui.catalog.tasks import TASKS
from gradtui.core.experiments.experiment import Experiment
from gradtui.core.experiments.layers import layer_names
from gradtui.core.theory.depth import predict
from gradtui.core.theory.over_time import predict_over_time


@dataclass(frozen=True)
class Foreseen:
    """The names of the layers and the number of time steps, 0 where nothing recurs, and the activation gradient by layer, relative
    to the last hidden one, and by shown time step, relative to the last one; None where theory is silent.
    """

    layers: tuple[str, ...]
    time_steps: int
    predicted: tuple[float | None, ...]
    predicted_over_time: tuple[float | None, ...]


@lru_cache(maxsize=8)
def foresee(experiment: Experiment) -> Foreseen:
    """What an experiment's run will be like, for inputs of mean 0 and variance 1: the data are not known before it starts."""
    layers, task = layer_names(experiment.network), TASKS[experiment.task.name]
    recurs = FAMILIES[experiment.network.family].gates > 0
    prediction = predict(experiment)
    return Foreseen(
        layers=layers,
        time_steps=task.length(experiment.task.values()) if recurs and task.length is not None else 0,
        predicted=(*prediction.activation_gradient, None) if prediction else (None,) * len(layers),
        predicted_over_time=predict_over_time(experiment),
    )
