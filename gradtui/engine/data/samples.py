"""Data on the device, each draw once, and the batches that lanes take from it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from gradtui.catalog.networks import FAMILIES
from gradtui.catalog.tasks import TASKS, Form
from gradtui.core.experiments.batches import ORDER
from gradtui.core.experiments.experiment import Experiment
from gradtui.core.experiments.part import Part
from gradtui.core.experiments.refusal import Incompatible
from gradtui.engine.data.parts import drawn
from gradtui.engine.data.tasks import Subset

Batch = tuple[Tensor, Tensor]
"""Inputs: vectors [lanes, batch, features], images [lanes, batch, 1, side, side], sequences [lanes, batch, time, features] or
tokens [lanes, batch, time]; and targets: classes, [lanes, batch] or [lanes, batch, time], or numbers [lanes, batch, outputs].
"""

_BATCHES_AT_ONCE = 256


@dataclass(frozen=True)
class Samples:
    """One part of the data: inputs [draws, samples, ...] and targets, and the draw that each lane has."""

    inputs: Tensor
    targets: Tensor
    draws: tuple[int, ...]

    def __len__(self) -> int:
        return self.inputs.shape[1]

    def lanes(self, start: int = 0, stop: int | None = None) -> Batch:
        """The samples from one to another, by lane."""
        return self._by_lane(self.inputs[:, start:stop]), self._by_lane(self.targets[:, start:stop])

    def keep(self, lanes: Sequence[int]) -> Samples:
        """Those of some lanes, and no draw that none of them has."""
        draws = list(dict.fromkeys(self.draws[lane] for lane in lanes))
        inputs, targets = (t if len(draws) == len(t) else t[draws] for t in (self.inputs, self.targets))
        return Samples(inputs, targets, tuple(draws.index(self.draws[lane]) for lane in lanes))

    def reordered(self, orders: Sequence[Tensor]) -> Samples:
        """In another order, one for each draw."""
        inputs, targets = (
            torch.stack([draw[order] for draw, order in zip(t, orders, strict=True)]) if len(t) > 1 else t[:, orders[0]]
            for t in (self.inputs, self.targets)
        )
        return Samples(inputs, targets, self.draws)

    def batches(self, size: int, start: int = 0) -> Iterator[Batch]:
        """Slices of this size in order, from a sample on; the last may be smaller."""
        many = size * _BATCHES_AT_ONCE
        parts = (torch.split(t[:, start:], many, 1) for t in (self.inputs, self.targets))
        for inputs, targets in zip(*parts, strict=True):
            for pair in zip(torch.split(inputs, size, 1), torch.split(targets, size, 1), strict=True):
                yield self._by_lane(pair[0]), self._by_lane(pair[1])

    def _by_lane(self, numbers: Tensor) -> Tensor:
        if len(numbers) == 1:
            return numbers.expand(len(self.draws), *numbers.shape[1:])
        return numbers if self.draws == tuple(range(len(numbers))) else numbers[list(self.draws)]


class Batches:
    """Batches without end: every epoch in a new order where the run shuffles. A batch of everything needs no order."""

    def __init__(self, samples: Samples, experiments: Sequence[Experiment]) -> None:
        run = experiments[0].run
        self._size = run.batch_size or len(samples)
        self._shuffled = run.shuffle and self._size < len(samples)
        seeds = [experiments[samples.draws.index(draw)].run.seed for draw in range(len(samples.inputs))]
        self._generators = [np.random.default_rng([seed, ORDER]) for seed in seeds]
        self._drawn_from = [generator.bit_generator.state for generator in self._generators]
        self._samples = self._ordered = samples
        self._taken = len(samples)
        self._rest: Iterator[Batch] = iter(())

    def __iter__(self) -> Batches:
        return self

    def __next__(self) -> Batch:
        if self._taken >= len(self._samples):
            self._begin()
        batch = next(self._rest)
        self._taken += batch[0].shape[1]
        return batch

    def keep(self, lanes: Sequence[int]) -> None:
        """Go on for some lanes alone, as if nothing had happened."""
        draws = dict.fromkeys(self._samples.draws[lane] for lane in lanes)
        self._generators = [self._generators[draw] for draw in draws]
        self._drawn_from = [self._drawn_from[draw] for draw in draws]
        self._samples, self._ordered = self._samples.keep(lanes), self._ordered.keep(lanes)
        self._rest = self._ordered.batches(self._size, self._taken)

    def place(self) -> dict[str, Any]:
        """Where in which epoch they are, as plain values."""
        return {"generators": self._drawn_from, "taken": self._taken}

    def go_to(self, place: Mapping[str, Any]) -> None:
        """Go on from where others were."""
        for generator, drawn_from in zip(self._generators, place["generators"], strict=True):
            generator.bit_generator.state = drawn_from
        taken = int(place["taken"])
        self._begin()
        self._taken, self._rest = taken, self._ordered.batches(self._size, taken)

    def _begin(self) -> None:
        """The next epoch."""
        self._ordered = self._samples
        if self._shuffled:
            self._drawn_from = [generator.bit_generator.state for generator in self._generators]
            orders = [torch.from_numpy(generator.permutation(len(self._samples))) for generator in self._generators]
            self._ordered = self._samples.reordered([order.to(self._samples.inputs.device) for order in orders])
        self._taken, self._rest = 0, self._ordered.batches(self._size)


def load(experiments: Sequence[Experiment], parts: Sequence[Part], device: torch.device) -> tuple[Samples, Samples, Samples | None]:
    """Training, validation and, where parts ask for one, test samples of all lanes; lanes of the same seed and fold share a draw.

    Raises Incompatible where the data cannot be cut so.
    """
    if len({(part.folds, part.test) for part in parts}) > 1:
        raise Incompatible("Lanes whose data are cut into different numbers of folds, or test parts, cannot share a stack.")
    keys = [(experiment.run.seed, part.fold if part.folds else 0) for experiment, part in zip(experiments, parts, strict=True)]
    distinct = list(dict.fromkeys(keys))
    draws = tuple(distinct.index(key) for key in keys)
    data = [drawn(experiments[at], parts[at]) for at in map(keys.index, distinct)]
    training, validation, *test = (
        _samples(subsets, draws, experiments[0], device) for subsets in zip(*(d.parts for d in data), strict=True)
    )
    return training, validation, test[0] if test else None


def _samples(subsets: Sequence[Subset], draws: tuple[int, ...], experiment: Experiment, device: torch.device) -> Samples:
    """One part of every draw, on the device."""
    form = FAMILIES[experiment.network.family].form(TASKS[experiment.task.name])
    inputs = _inputs(np.stack([subset.inputs for subset in subsets]), form).to(device)
    targets = _targets(np.stack([subset.targets for subset in subsets]), _classes_as_numbers(experiment)).to(device)
    return Samples(inputs, targets, draws)


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
