"""Gradients over time: which time steps of a recurrent network are shown, and what theory says of them."""

from __future__ import annotations

from functools import lru_cache

from gradtui.catalog.networks import FAMILIES
from gradtui.catalog.tasks import TASKS
from gradtui.core.experiments.experiment import Experiment

SHOWN = 256
"""Time steps that a frame shows at most."""


@lru_cache(maxsize=16)
def shown_steps(time_steps: int) -> tuple[int, ...]:
    """The time steps that are shown of so many, counted from 0: all, or evenly spread ones with the first and the last."""
    count = min(time_steps, SHOWN)
    return tuple(at * (time_steps - 1) // max(1, count - 1) for at in range(count))


def predict_over_time(experiment: Experiment) -> tuple[float | None, ...]:
    """|dL/dh_t| of the last hidden layer at the shown time steps, relative to the last time step's; None where no theory applies,
    empty where nothing recurs.

    Recurrent weights that are a rotation times a gain, or the identity times one, change the length of a linear network's gradient
    by exactly the gain a time step (Pascanu 2013). It comes from the last time step alone, unless every time step is answered.
    """
    network, task = experiment.network, TASKS[experiment.task.name]
    if not FAMILIES[network.family].gates or task.length is None:
        return ()
    time_steps = task.length(experiment.task.values())
    gain = _gain(experiment)
    if task.per_step or gain is None:
        return (None,) * len(shown_steps(time_steps))
    return tuple(_power(gain, time_steps - 1 - at) for at in shown_steps(time_steps))


def _gain(experiment: Experiment) -> float | None:
    """The factor by which every length changes in a time step; None where there is no single one."""
    values = experiment.network.values()
    if values.get("activation") != "linear":
        return None
    if values["family"] == "irnn":
        return 1.0
    if values["recurrent"] == "same":
        same = values["initialization"] == "orthogonal"
        return float(values["gain"]) if same else None
    return float(values["recurrent_gain"])


def _power(gain: float, exponent: int) -> float:
    try:
        return gain**exponent
    except OverflowError:
        return float("inf")
