"""What is known before the first step: the choices, and what theory says of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

from gradtui.catalog.initializations import INITIALIZATIONS
from gradtui.catalog.tasks import TASKS
from gradtui.core.experiments.cost import cost
from gradtui.core.experiments.experiment import Experiment
from gradtui.core.measured.run import Run
from gradtui.core.moments import DataMoments
from gradtui.core.text import exact, grouped
from gradtui.core.theory.depth import Prediction, predict
from gradtui.core.theory.over_time import predict_over_time
from gradtui.lessons.facts.fact import Fact, ratio, told

_NO_THEORY = "No closed form is known for this network; the measured bars must do."
_NO_DEPTH = "Theory has a factor for plain stacks of two layers and more; for this network the measured bars must do."
_SMALLEST, _LARGEST = 1.4e-45, 3.4e38
"""The smallest and the largest number above zero in 32 bits."""


def prediction(run: Run) -> Prediction | None:
    """What theory says of the hidden layers; None where no theory applies."""
    return _predicted(run.experiment, run.data)


@lru_cache(maxsize=1)
def _predicted(experiment: Experiment, data: DataMoments) -> Prediction | None:
    return predict(experiment, data)


def weight_variance(run: Run) -> float | None:
    """The number n Var(W) of a hidden layer that is as wide as the one before it."""
    network = run.experiment.network
    if network.family != "mlp":
        return None
    spread = INITIALIZATIONS[network.initialization].spread(network.width, network.width, network.values())
    return float(network.width * spread**2)


def slope_square(run: Run) -> float | None:
    """E[phi'(sqrt(q) z)^2] of the last hidden layer, as a mean over the samples."""
    predicted = prediction(run)
    return predicted.slope_square[-1] if predicted else None


def plain_factor(run: Run) -> float | None:
    """The factor of the gradient's norm at a layer that has no normalization, no residual link and no rescaled weights."""
    network, variance, slope = run.experiment.network, weight_variance(run), slope_square(run)
    if variance is None or slope is None or network.normalization != "none" or network.residual:
        return None
    return None if INITIALIZATIONS[network.initialization].rescaled else math.sqrt(variance * slope)


def end_to_end(run: Run) -> float | None:
    """|dL/dh| of the first hidden layer relative to the last one's, as theory has it."""
    predicted = prediction(run)
    if predicted is None or len(predicted.activation_gradient) < 2:
        return None
    return predicted.activation_gradient[0]


def factor(run: Run) -> float | None:
    """The mean factor of the gradient's norm at a layer, as theory has it: `end_to_end` is its power."""
    whole = end_to_end(run)
    return None if whole is None else float(whole ** (1 / (run.experiment.network.depth - 1)))


def limit_depth(run: Run) -> float | None:
    """Layers after which the gradient leaves the range of 32-bit numbers, below or above; infinite where it keeps its size."""
    step = factor(run)
    if step is None or step == 0:
        return None
    decades = math.log10(step)
    if abs(decades) < 1e-3:
        return math.inf
    return math.log10(_SMALLEST if decades < 0 else _LARGEST) / decades


def _limit(run: Run) -> str | None:
    depth = limit_depth(run)
    if depth is None:
        return None
    return "never" if math.isinf(depth) else f"after about {grouped(max(1, round(depth)))} layers"


def dead_bound(run: Run) -> float | None:
    """The largest chance that a ReLU network is dead at birth, 1 - (1 - 2^-N)^(L-1) (Lu 2019)."""
    network = run.experiment.network
    if network.family != "mlp" or network.activation != "relu":
        return None
    return float(-math.expm1((network.depth - 1) * math.log1p(-(2.0**-network.width))))


def _samples(run: Run) -> int:
    task = run.experiment.task
    return TASKS[task.name].count(task.values())


def _steps_an_epoch(run: Run) -> int:
    samples = _samples(run)
    return math.ceil(samples / min(run.experiment.run.batch_size or samples, samples))


def _over_time(run: Run) -> float | None:
    predicted = predict_over_time(run.experiment)
    return predicted[0] if predicted else None


def _time_steps(run: Run) -> str | None:
    task = run.experiment.task
    length = TASKS[task.name].length
    return None if length is None or not predict_over_time(run.experiment) else grouped(length(task.values()))


def _chosen(key: str) -> Callable[[Run], str | None]:
    """The value of a key, None where the experiment has none of that name."""
    table, _, name = key.partition(".")

    def value(run: Run) -> str | None:
        values = run.experiment.section(table).values()
        return exact(values[name]) if name in values else None

    return value


def _preactivation_spread(run: Run) -> float | None:
    predicted = prediction(run)
    return math.sqrt(predicted.preactivation_variance[-1]) if predicted else None


def _one_number(value: Callable[[Run], float | None]) -> Callable[[Run], str | None]:
    return lambda run: told(value(run))


INITIAL = {
    "family": Fact(_chosen("network.family"), ""),
    "depth": Fact(_chosen("network.depth"), ""),
    "width": Fact(_chosen("network.width"), ""),
    "crossings": Fact(lambda run: str(run.experiment.network.depth - 1), ""),
    "activation": Fact(_chosen("network.activation"), "This network's gates have activations of their own, sigmoid and tanh."),
    "initialization": Fact(_chosen("network.initialization"), ""),
    "normalization": Fact(_chosen("network.normalization"), "This family of networks has no normalization to choose."),
    "residual": Fact(_chosen("network.residual"), "Residual links are no choice in this family of networks."),
    "recurrent_gain": Fact(_chosen("network.recurrent_gain"), "The weights between two time steps have no gain of their own here."),
    "weight_variance": Fact(_one_number(weight_variance), _NO_THEORY),
    "slope_square": Fact(_one_number(slope_square), _NO_THEORY),
    "plain_factor": Fact(
        _one_number(plain_factor), "The product of two numbers does not hold for this network; see the factor below, or the bars."
    ),
    "preactivation_spread": Fact(_one_number(_preactivation_spread), _NO_THEORY),
    "factor": Fact(_one_number(factor), _NO_DEPTH),
    "end_to_end": Fact(_one_number(end_to_end), _NO_DEPTH),
    "limit_depth": Fact(_limit, _NO_DEPTH),
    "dead_bound": Fact(_one_number(dead_bound), "The bound holds for plain ReLU networks, which this one is not."),
    "guessing_loss": Fact(_one_number(lambda run: run.guessing), "It is known as soon as the run has begun."),
    "weights": Fact(lambda run: grouped(cost(run.experiment).weights), ""),
    "samples": Fact(lambda run: grouped(_samples(run)), ""),
    "weights_per_sample": Fact(lambda run: told(ratio(cost(run.experiment).weights, _samples(run))), ""),
    "batch": Fact(lambda run: grouped(min(run.experiment.run.batch_size or _samples(run), _samples(run))), ""),
    "steps_an_epoch": Fact(lambda run: grouped(_steps_an_epoch(run)), ""),
    "time_steps": Fact(_time_steps, "Nothing recurs in this network, so its gradient crosses no time steps."),
    "over_time": Fact(_one_number(_over_time), "No closed form is known for this network over time; the measured bars must do."),
}
