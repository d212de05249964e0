"""What an experiment costs, from its values alone: so that too much is refused before anything is allocated."""

from __future__ import annotations

from dataclasses import dataclass

from gradtui.catalog.networks import FAMILIES
from gradtui.catalog.tasks import TASKS
from gradtui.core.experiment import Experiment

_FLOAT = 4
_HEAVY = 3e9
_FRAMES = 1000


@dataclass(frozen=True)
class Cost:
    """`weights`: trainable numbers. `memory`: bytes held while training, at the least. `operations`: multiplications and
    additions of one step.
    """

    weights: int
    memory: int
    operations: int


def cost(experiment: Experiment) -> Cost:
    """The cost of one lane: weights, gradients and two optimizer states, and the activations of batch and validation set."""
    network, task, run = experiment.network, TASKS[experiment.task.name], experiment.run
    features, outputs = task.features(experiment.task.values()), task.outputs(experiment.task.values())
    per_unit = 3 if network.values().get("normalization", "none") != "none" else 1
    width, depth = network.width, network.depth
    hidden = features * width + (depth - 1) * width * width + depth * width * per_unit
    kept = width * depth * (2 if per_unit > 1 else 1)
    time_steps = task.length(experiment.task.values()) if task.length else 1
    gates = FAMILIES[network.family].gates
    if gates:
        hidden = gates * (hidden + depth * width * (width + 1))
        kept *= (gates + 1) * time_steps
    weights = hidden + width * outputs + outputs
    samples = getattr(experiment.task, "samples", 1797)
    batch = min(run.batch_size or samples, samples)
    activations = (2 * batch + min(samples // 4, 1024)) * kept
    memory = _FLOAT * (5 * weights + activations + samples * time_steps * (features + (outputs if task.per_step else 0)))
    return Cost(weights, memory + _FLOAT * samples * outputs, 6 * batch * (hidden * time_steps + weights - hidden))


def stride(experiment: Experiment) -> int:
    """Steps from one sampled step to the next: every step where measuring one hardly shows; else about a thousand frames a run,
    at least one in a hundred steps, so that a long run is seen live, and at most one in ten.
    """
    if cost(experiment).operations > _HEAVY:
        return 1
    steps: int = experiment.run.steps
    return min(max(steps // _FRAMES, 10), 100)


def bytes_in_words(size: int) -> str:
    """A size as people say it: 640 MB, 53.2 GB."""
    for unit, scale in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if size >= 0.9995 * scale:  # three digits never round up to a thousand
            return f"{size / scale:.3g} {unit}"
    return f"{max(1, round(size / 1e3))} kB"
