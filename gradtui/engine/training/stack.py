"""The lanes of a run as one stack: data, network, storage and optimizers, and what a single step does with them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Variable

from gradtui.catalog.activations import ACTIVATIONS
from gradtui.catalog.networks import FAMILIES
from gradtui.catalog.tasks import TASKS
from gradtui.core.experiments.batches import check_batches
from gradtui.core.experiments.experiment import Experiment
from gradtui.core.experiments.part import WHOLE, Part
from gradtui.core.theory.over_time import shown_steps
from gradtui.engine.data.samples import Batch, Batches, Samples, load
from gradtui.engine.networks import Network, Pass
from gradtui.engine.networks.initialization import LSUV_BATCH, initialize
from gradtui.engine.networks.layers import BatchNorm, Linear, Weighted
from gradtui.engine.networks.storage import Storage
from gradtui.engine.probes import Measured, measure
from gradtui.engine.probes.sample import Sample, Tensors, joined, stacked
from gradtui.engine.probes.units import Units
from gradtui.engine.target import resolve
from gradtui.engine.training import lanes
from gradtui.engine.training.evaluation import SAMPLES, Evaluation, evaluate
from gradtui.engine.training.losses import criterion
from gradtui.engine.training.optimizers import Optimizers
from gradtui.engine.training.schedules import Schedules


@dataclass(frozen=True, slots=True)
class Step:
    """What a forward and backward pass made: raw gradients, by leaf and then, where the step is sampled, by layer output; the
    losses of all lanes, and the lengths of their gradients.
    """

    passed: Pass
    gradients: tuple[Tensor, ...]
    losses: list[float]
    norms: Tensor


class Stack:
    """K experiments in K lanes of one network, with weights, gradients and optimizer states; `experiments` are as they stand.
    `whole` says that sets are evaluated to their last sample.
    """

    def __init__(self, experiments: Sequence[Experiment], parts: Sequence[Part], device: torch.device) -> None:
        self.experiments: Sequence[Experiment] = tuple(experiments)
        self.training, self.validation, self.test = load(experiments, parts, device)
        self.whole = any(part != WHOLE for part in parts)
        check_batches(experiments[0], len(self.training))
        self._device = device
        self._build()
        initialize(self.network, experiments, self.training.lanes(0, LSUV_BATCH)[0])

    def _build(self) -> None:
        """Make network, storage, optimizers and schedules for the lanes that there are."""
        experiments, device = self.experiments, self._device
        first, count = experiments[0], len(experiments)
        task = TASKS[first.task.name]
        self.features, outputs = task.features(first.task.values()), task.outputs(first.task.values())
        family = FAMILIES[first.network.family]
        ends: list[int] = [task.per_step] if family.gates else []
        if task.length and family.form(task) == "tokens":
            ends = [task.length(first.task.values())]
        self.network: Network = resolve(family)(first.network, self.features, outputs, *ends)
        self.time_steps = task.length(first.task.values()) if family.gates and task.length else 0
        self.storage = Storage(self.network.parts, count, device)
        self._weights = [[part.weight for part in parts if isinstance(part, Weighted)] for parts in self.network.parts]
        places = {id(leaf): at for at, leaf in enumerate(self.storage.leaves)}
        norms = (part for parts in self.network.parts for part in parts if isinstance(part, BatchNorm))
        self._running = [statistic for norm in norms for statistic in norm.running]
        self._weight_leaves = [[places[id(weight)] for weight in weights] for weights in self._weights]
        between = self.network.weighted[1:-1]  # neither what takes the input nor what gives the output
        hidden = [places[id(part.weight)] for part in between if isinstance(part, Linear)]
        self.optimizers = Optimizers(experiments, self.storage, hidden)
        self.schedules = Schedules(experiments, math.ceil(len(self.training) / (first.run.batch_size or len(self.training))))
        self._rates = [experiment.optimizer.learning_rate for experiment in experiments]
        self._criterion = criterion(first.task.loss)
        self._one = torch.ones((), device=device)
        self.classifies = task.kind == "classification"

    @torch.no_grad()
    def keep(self, lanes: Sequence[int]) -> None:
        """Go on with these lanes alone, from their weights and with all that was kept of their steps."""
        storage, optimizers, schedules, running = self.storage, self.optimizers, self.schedules, self._running
        before = len(self.experiments)
        self.experiments = tuple(self.experiments[lane] for lane in lanes)
        self.training, self.validation = self.training.keep(lanes), self.validation.keep(lanes)
        self.test = self.test.keep(lanes) if self.test else None
        self._build()
        self.storage.weights.copy_(storage.weights[list(lanes)])
        self.optimizers.take_over(optimizers, lanes)
        self.schedules.take_over(schedules, lanes)
        for statistic, old in zip(self._running, running, strict=True):
            statistic.copy_(old.view(before, -1)[list(lanes)].flatten())

    @property
    def kept(self) -> list[Tensor]:
        """The tensors that steps change, but for what optimizers keep: weights, and running statistics of batch norms."""
        return [self.storage.weights, *self._running]

    def batches(self) -> Batches:
        """Batches without end, in the order that the seed says."""
        return Batches(self.training, self.experiments)

    def schedule(self, number: int) -> Sequence[float]:
        """Set the learning rates for a step, counted from 1; returns them by lane."""
        if self.schedules.moving:
            factors = self.schedules.factors(number)
            self.optimizers.scale(factors)
            return [rate * factor for rate, factor in zip(self._rates, factors, strict=True)]
        return self._rates

    def differentiate(self, batch: Batch, sampled: bool) -> Step:
        """Forward and backward; the gradients land in the storage."""
        inputs, targets = batch
        passed = self.network.forward(inputs, training=True)
        total, losses = self._criterion(passed.outputs[-1], targets)
        leaves = self.storage.leaves
        if sampled and passed.unrolled:
            passed = passed.unrolled()
            apart, _ = self._criterion(passed.outputs[-1], targets)
            gradients = (*self._gradients(total, leaves), *self._gradients(apart, tuple(passed.sources)))
        else:
            gradients = self._gradients(total, (*leaves, *passed.sources) if sampled else leaves)
        self.storage.land(gradients[: len(leaves)])
        return Step(passed, gradients, losses.tolist(), torch.linalg.vector_norm(self.storage.gradients, dim=1))

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Passes made inside leave no trace in the running statistics of batch norms."""
        kept = [statistic.clone() for statistic in self._running]
        yield
        for statistic, before in zip(self._running, kept, strict=True):
            statistic.copy_(before)

    def _gradients(self, total: Tensor, by: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """`torch.autograd.grad(total, by)` without its checks, which take as long as the backward pass of a small network."""
        gradients: tuple[Tensor, ...] = Variable._execution_engine.run_backward(
            (total,), (self._one,), False, False, by, allow_unreachable=False, accumulate_grad=False
        )
        return gradients

    def update(self, number: int, step: Step, norms: Sequence[float], spared: Sequence[int] = ()) -> None:
        """Clip the gradients, whose exact lengths are `norms`, and move the weights, but for those of lanes that are `spared`; a
        schedule may heed the losses.
        """
        kept = [self.storage.weights[lane].clone() for lane in spared]
        self.optimizers.step(norms)
        for lane, weights in zip(spared, kept, strict=True):
            self.storage.weights[lane] = weights
        self.schedules.heed(number, step.losses)

    def copy_of_weights(self) -> Tensors:
        """The weights of each layer as they are now."""
        return stacked(joined(weights).clone() for weights in self._weights)

    def measure(self, step: Step, before: Tensors, evaluation: Evaluation | None) -> list[Measured]:
        """What the probes say of a sampled step, by lane; `before` are the weights that its update found, if there was one."""
        units = evaluation.units if evaluation else None
        return measure(
            Sample(
                outputs=stacked(step.passed.outputs),
                output_gradients=stacked(self._by_layer(step)),
                weight_gradients=stacked(joined([step.gradients[at] for at in leaves]) for leaves in self._weight_leaves),
                weights_before=before,
                weights=self.copy_of_weights(),
                unit_shares=units.shares() if units else {},
                activating=units.activating if units else (),
                validated=evaluation is not None,
            ),
            len(self.network.names),
        )

    def over_time(self, step: Step) -> list[tuple[float, ...]]:
        """|dL/dh_t| of the last hidden layer in a sampled step, at the time steps that frames show, by lane; empty where nothing
        recurs.
        """
        if not self.time_steps:
            return [()] * len(self.experiments)
        shown = self._by_layer(step)[-2][:, list(shown_steps(self.time_steps))]
        return [tuple(norms) for norms in torch.linalg.vector_norm(shown, dim=(2, 3), dtype=torch.float64).tolist()]

    def _by_layer(self, step: Step) -> list[Tensor]:
        return step.passed.by_layer(step.gradients[len(self.storage.leaves) :])

    def validate(self) -> Evaluation:
        """Loss and accuracy on the validation set, or on its first samples, and what hidden units do there."""
        units = Units(ACTIVATIONS.get(self.experiments[0].network.values().get("activation", "")))
        return evaluate(self.network, self._criterion, self.validation, self.classifies, SAMPLES, units)

    def evaluate(self, samples: Samples, limit: int | None = None) -> Evaluation:
        """Loss and accuracy on a set, or on its first samples."""
        return evaluate(self.network, self._criterion, samples, self.classifies, limit)

    def change(self, key: str, value: Any) -> Any:
        """Give a live parameter another value in every lane; returns it. Raises InvalidExperiment."""
        self.experiments = tuple(lanes.changed(self.experiments, key, value))
        self.optimizers.adopt(self.experiments)
        self.schedules.adopt(self.experiments)
        self._rates = [experiment.optimizer.learning_rate for experiment in self.experiments]
        return self.experiments[0].value(key)
