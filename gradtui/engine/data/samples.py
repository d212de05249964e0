"""Data on the device, with a lane axis, and the batches that a run takes from it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from gradtui.catalog.networks import FAMILIES
from gradtui.catalog.tasks import TASKS, Form
from gradtui.core.experiments.batches import ORDER
from gradtui.core.experiments.experiment import Experiment
from gradtui.engine.data.tasks import Data, standardized
from gradtui.engine.target import resolve

Batch = tuple[Tensor, Tensor]
"""Inputs: vectors [lanes, batch, features], images [lanes, batch, 1, side, side], sequences [lanes, batch, time, features] or
tokens [lanes, batch, time]; and targets: classes, [lanes, batch] or [lanes, batch, time], or numbers [lanes, batch, outputs].
"""

_BATCHES_AT_ONCE = 256


@dataclass(frozen=True)
class Samples:
    """One part of the data: inputs [lanes, samples, ...] and targets; lanes of the same seed share one copy."""

    inputs: Tensor
    targets: Tensor

    def __len__(self) -> int:
        return self.inputs.shape[1]

    def expanded(self, lanes: int) -> Samples:
        """With as many lanes, without a copy."""
        return Samples(*(t.expand(lanes, *t.shape[1:]) for t in (self.inputs, self.targets)))

    def reordered(self, orders: Sequence[Tensor]) -> Samples:
        """In another order, one for each copy."""
        return Samples(
            *(
                torch.stack([copy[order] for copy, order in zip(t, orders, strict=True)]) if len(t) > 1 else t[:, orders[0]]
                for t in (self.inputs, self.targets)
            )
        )

    def batches(self, size: int) -> Iterator[Batch]:
        """Slices of this size in order; the last may be smaller."""
        many = size * _BATCHES_AT_ONCE
        for inputs, targets in zip(torch.split(self.inputs, many, 1), torch.split(self.targets, many, 1), strict=True):
            yield from zip(torch.split(inputs, size, 1), torch.split(targets, size, 1), strict=True)


def load(experiments: Sequence[Experiment], device: torch.device) -> tuple[Samples, Samples]:
    """Training and validation samples of all lanes, one copy for each seed, or for all lanes if they share it."""
    seeds = [experiment.run.seed for experiment in experiments]
    drawn = [_drawn(experiment) for experiment in (experiments if len(set(seeds)) > 1 else experiments[:1])]
    classes = _classes_as_numbers(experiments[0])
    form = FAMILIES[experiments[0].network.family].form(TASKS[experiments[0].task.name])
    training, validation = (
        Samples(
            _inputs(np.stack([part.inputs for part in parts]), form).to(device),
            _targets(np.stack([part.targets for part in parts]), classes).to(device),
        )
        for parts in ([data.training for data in drawn], [data.validation for data in drawn])
    )
    return training, validation


def epochs(samples: Samples, experiments: Sequence[Experiment]) -> Iterator[Batch]:
    """Batches without end: every epoch in a new order where the run shuffles. A batch of everything needs no order."""
    run, lanes = experiments[0].run, len(experiments)
    size = run.batch_size or len(samples)
    seeds = [experiment.run.seed for experiment in experiments[: len(samples.inputs)]]
    generators = [np.random.default_rng([seed, ORDER]) for seed in seeds]
    while True:
        ordered = samples
        if run.shuffle and size < len(samples):
            orders = [torch.from_numpy(generator.permutation(len(samples))) for generator in generators]
            ordered = samples.reordered([order.to(samples.inputs.device) for order in orders])
        yield from ordered.expanded(lanes).batches(size)


def _drawn(experiment: Experiment) -> Data:
    task = TASKS[experiment.task.name]
    data: Data = resolve(task)(experiment.task.values(), np.random.default_rng(experiment.run.seed))
    return standardized(data) if task.standardized else data


def _classes_as_numbers(experiment: Experiment) -> int:
    """How many classes a regression loss compares one number each with; 0 where targets stay as they are."""
    task = TASKS[experiment.task.name]
    compares = task.kind == "classification" and experiment.task.loss != "cross-entropy"
    return task.outputs(experiment.task.values()) if compares else 0


def _inputs(inputs: np.ndarray, form: Form | None) -> Tensor:
    if form == "tokens":
        return torch.as_tensor(inputs, dtype=torch.int64)
    numbers = torch.as_tensor(inputs, dtype=torch.float32)
    side = math.isqrt(inputs.shape[-1])
    return torch.unflatten(numbers, -1, (1, side, side)) if form == "image" else numbers


def _targets(targets: np.ndarray, classes: int) -> Tensor:
    if np.issubdtype(targets.dtype, np.floating):
        return torch.as_tensor(targets, dtype=torch.float32)
    labels = torch.as_tensor(targets, dtype=torch.int64)
    return F.one_hot(labels, classes).float() if classes else labels
