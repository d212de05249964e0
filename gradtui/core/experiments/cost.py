"""What an experiment costs, from its values alone: so that too much is refused before anything is allocated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from gradtui.catalog.networks import FAMILIES
from gradtui.catalog.normalizations import NORMALIZATIONS
from gradtui.catalog.tasks import TASKS
from gradtui.core.experiments.experiment import Experiment, Section

_FLOAT = 4
_HEAVY = 3e9
_FRAMES = 1000
_EVALUATED = 1024
_APART, _FAR_APART = 10, 50
"""Least steps between two that are sampled: a sampled step of an LSTM goes through time a second time, with every state kept."""


@dataclass(frozen=True)
class Cost:
    """`weights`: trainable numbers. `memory`: bytes held while training, at the least. `operations`: multiplications and
    additions of one step. `product`: those of the largest product that it makes at once, forward.
    """

    weights: int
    memory: int
    operations: int
    product: int


class _Size(NamedTuple):
    """A network's trainable numbers, and for one sample its multiplications forward, those of its largest product, and the numbers
    that its layers leave.
    """

    weights: int
    multiplications: int
    largest: int
    activations: int


def cost(experiment: Experiment) -> Cost:
    """The cost of one lane: weights, gradients and two optimizer states, and the activations of batch and validation set."""
    network, task, values = experiment.network, TASKS[experiment.task.name], experiment.task.values()
    features, outputs = task.features(values), task.outputs(values)
    steps = task.length(values) if task.length else 1
    size = _SIZES[network.family](network, features, outputs, steps)
    samples = task.count(values)
    batch = min(experiment.run.batch_size or samples, samples)
    data = steps * (1 if task.forms == ("tokens",) else features) + (steps if task.per_step else outputs)
    memory = _FLOAT * (5 * size.weights + (2 * batch + min(samples // 4, 1024)) * size.activations + samples * data)
    return Cost(size.weights, memory, 6 * size.multiplications * batch, 2 * size.largest * batch)


def _mlp(network: Section, features: int, outputs: int, steps: int) -> _Size:
    width, depth = network.width, network.depth
    weights = features * width + (depth - 1) * width * width + width * outputs + depth * width * _per_unit(network.normalization)
    largest = width * max(features, outputs, width if depth > 1 else 0)
    return _Size(weights + outputs, weights + outputs, largest, width * depth * (1 if network.normalization == "none" else 2))


def _per_unit(normalization: str) -> int:
    """A bias, where no batch normalization takes it away again, and what the normalization learns."""
    entry = NORMALIZATIONS[normalization]
    return entry.learned + (not entry.over_batch)


def _cnn(network: Section, features: int, outputs: int, steps: int) -> _Size:
    width, depth, pixels = network.width, network.depth, features
    kernels = 9 * width * (1 + (depth - 1) * width) + depth * width * _per_unit(network.normalization)
    out = width * outputs + outputs
    largest = 9 * pixels * width * (width if depth > 1 else 1)
    numbers = pixels * width * depth * (1 if network.normalization == "none" else 2)
    return _Size(kernels + out, kernels * pixels + out, largest, numbers)


def _transformer(network: Section, features: int, outputs: int, steps: int) -> _Size:
    width, depth, inner = network.width, network.depth, network.feed_forward * network.width
    norm = width * NORMALIZATIONS[network.normalization].learned
    block = 4 * width * (width + 1) + inner * (2 * width + 1) + width + 2 * norm
    learned = depth * block + (norm if network.placement == "pre" else 0) + width * outputs + outputs
    embedded = width * (features + (steps if network.positions == "learned" else 0))
    scores = 2 * depth * steps * width
    largest = steps * width * max(3 * width, inner, outputs)
    return _Size(learned + embedded, steps * (learned + scores), largest, steps * (depth * (10 * width + 2 * inner) + outputs))


def _recurrent(network: Section, features: int, outputs: int, steps: int) -> _Size:
    width, depth, gates = network.width, network.depth, FAMILIES[network.family].gates
    hidden = gates * (features * width + (depth - 1) * width * width + depth * width * (width + 2))
    out = width * outputs + outputs
    at_once = steps if network.family == "lstm" else 1  # PyTorch's fused operation, or a time step
    return _Size(hidden + out, hidden * steps + out, at_once * gates * width * width, width * depth * (gates + 1) * steps)


_SIZES: dict[str, Callable[[Section, int, int, int], _Size]] = {
    "mlp": _mlp,
    **dict.fromkeys(("rnn", "irnn", "gru", "lstm"), _recurrent),
    "cnn": _cnn,
    "transformer": _transformer,
}


def stride(experiment: Experiment) -> int:
    """Steps from one sampled step to the next: every step where measuring one hardly shows; else about a thousand frames a run,
    at least one in a hundred steps, so that a long run is seen live, and at most one in ten, or in fifty where one costs more.
    """
    if cost(experiment).operations > _HEAVY:
        return 1
    steps: int = experiment.run.steps
    return min(max(steps // _FRAMES, _FAR_APART if experiment.network.family == "lstm" else _APART), 100)


def evaluated(experiment: Experiment, steps: int) -> int:
    """Samples of either set that a run of so many steps is evaluated on at its end, at most: as many as a twentieth of its own
    operations pays for, and at least 1024. Forward, a sample costs a third of what it costs in a step.
    """
    samples = TASKS[experiment.task.name].count(experiment.task.values())
    return max(_EVALUATED, 3 * steps * min(experiment.run.batch_size or samples, samples) // (2 * 20))


def bytes_in_words(size: int) -> str:
    """A size as people say it: 640 MB, 53.2 GB."""
    for unit, scale in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if size >= 0.9995 * scale:  # three digits never round up to a thousand
            return f"{size / scale:.3g} {unit}"
    return f"{max(1, round(size / 1e3))} kB"
