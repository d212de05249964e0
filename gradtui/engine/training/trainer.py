"""Trains experiments side by side: `for frame in train(experiments, controls)`."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Literal

import torch

from gradtui.core.experiments.cost import stride
from gradtui.core.experiments.experiment import Experiment
from gradtui.core.measured.frame import Frame
from gradtui.core.measured.protocol import Divergence, Started
from gradtui.core.moments import DataMoments
from gradtui.core.theory.depth import predict
from gradtui.core.theory.over_time import predict_over_time
from gradtui.engine.data.moments import moments
from gradtui.engine.training import divergence, lanes
from gradtui.engine.training.controls import Controls
from gradtui.engine.training.devices import check_memory, choose, settle
from gradtui.engine.training.losses import guessing
from gradtui.engine.training.recorder import Recorder
from gradtui.engine.training.stack import Stack, Step

_OPENING = 10
"""Steps at the start that are all sampled."""
_VALIDATE, _YOUNG = 10, 20
"""Frames from one that is validated to the next at most; one is validated sooner where a run is longer by one in so many steps."""
_EXACT = 1e-15, 1e18
"""Norms outside may have lost squares to float32's underflow or overflow, and are taken again in float64."""


@dataclass(frozen=True)
class Outcome:
    """How a run ended, after how many steps. Losses and accuracies are the first lane's, on the whole sets; None where there is
    no accuracy, and where the run was stopped before its first step.
    """

    status: Literal["done", "stopped", "diverged"]
    step: int
    divergence: Divergence | None = None
    validation_loss: float | None = None
    accuracy: float | None = None
    validation_accuracy: float | None = None


def train(experiments: Sequence[Experiment], controls: Controls | None = None) -> Generator[Frame, None, Outcome]:
    """Train experiments, each in a lane; yields a frame a lane for every sampled step and returns the outcome. Raises Refused."""
    outcome = yield from prepare(experiments).frames(controls)
    return outcome


def prepare(experiments: Sequence[Experiment]) -> Training:
    """A run before its first step. Raises Refused, before anything is allocated, for what cannot be trained here."""
    lanes.check(experiments)
    device = choose(experiments)
    check_memory(experiments, device)
    return Training(Stack(experiments, device), device)


class Training:
    """A run: what is known of it before its first step, and its frames.

    `data` are the moments of the training samples by lane. `predicted` is the theory's activation gradient by lane and layer,
    relative to the last hidden layer; None where there is none.
    `predicted_over_time` is that of the last hidden layer by lane and shown time step, relative to the last one. `guessing` is the
    loss of the best constant answer by lane.
    """

    def __init__(self, stack: Stack, device: torch.device) -> None:
        self.stack = stack
        self._suspects: dict[int, Divergence] = {}
        self.device = device
        self.layers = stack.network.names
        self.weights = stack.storage.weights.shape[1]
        self.data = tuple(moments(stack.training))
        self.predicted = tuple(map(self._prediction, stack.experiments, self.data))
        self.guessing = tuple(guessing(stack.training.targets))
        self.predicted_over_time = tuple(predict_over_time(e) for e in stack.experiments)

    def started(self, run: int = 0) -> Started:
        """What is told of the run before its first step."""
        return Started(
            run=run,
            device=self.device.type,
            weights=self.weights,
            layers=self.layers,
            data=self.data,
            predicted=self.predicted,
            time_steps=self.stack.time_steps,
            predicted_over_time=self.predicted_over_time,
            guessing=self.guessing,
        )

    def frames(self, controls: Controls | None = None) -> Generator[Frame, None, Outcome]:
        """Train: a generator of frames whose value is the outcome. A training can be used once."""
        controls = controls or Controls()
        stack = self.stack
        settle(stack.experiments)
        steps, every = stack.experiments[0].run.steps, stride(stack.experiments[0])
        recorder = Recorder(len(stack.experiments))
        batches = stack.batches()
        due_frame, due_step = 0, 0
        began = time.perf_counter()
        for number in range(1, steps + 1):
            if controls.pending and not controls.obey(number - 1, stack.change):
                return self._outcome("stopped", number - 1)
            sampled = number <= _OPENING or number % every == 0 or number == steps or controls.stepping
            rates = stack.schedule(number)
            batch = next(batches)
            step = stack.differentiate(batch, sampled)
            diverged = not all(map(isfinite, step.losses))
            norms = self._norms(step, number)
            recorder.add(step.losses, norms)
            if diverged and not sampled:
                step = stack.differentiate(batch, True)
            before = stack.copy_of_weights() if sampled and not diverged else []
            if not diverged:
                stack.update(number, step, norms)
            if sampled or diverged:
                validated = recorder.count >= due_frame or number >= due_step or number == steps or diverged
                evaluation = stack.validate() if validated else None
                if validated:
                    due_frame, due_step = recorder.count + _VALIDATE, max(_OPENING, number + number // _YOUNG)
                measured = stack.measure(step, before, evaluation)
                clock = time.perf_counter() - began - controls.waited
                over_time = stack.over_time(step)
                yield from recorder.frames(number, clock, rates, measured, over_time, evaluation)
            if diverged:
                return self._outcome("diverged", number, self._divergence(step, number))
        return self._outcome("done", steps)

    def _norms(self, step: Step, number: int) -> list[float]:
        """Total gradient norms by lane, exact whatever their size; remembers where the first that is not finite came from."""
        norms: list[float] = step.norms.tolist()
        for lane, norm in enumerate(norms):
            if not _EXACT[0] < norm < _EXACT[1]:
                norms[lane] = float(torch.linalg.vector_norm(self.stack.storage.gradients[lane], dtype=torch.float64))
                if not isfinite(norms[lane]) and isfinite(step.losses[lane]) and lane not in self._suspects:
                    self._suspects[lane] = divergence.in_backward(self.stack.storage, self.layers, number, lane)
        return norms

    def _divergence(self, step: Step, number: int) -> Divergence:
        lane = next(lane for lane, loss in enumerate(step.losses) if not isfinite(loss))
        return self._suspects.get(lane) or divergence.in_forward(step.passed, self.layers, number, lane)

    def _outcome(self, status: Literal["done", "stopped", "diverged"], step: int, found: Divergence | None = None) -> Outcome:
        if step == 0:
            return Outcome(status, step)
        trained, kept = (self.stack.evaluate(samples) for samples in (self.stack.training, self.stack.validation))
        accuracy, kept_accuracy = (evaluation.accuracy[0] if evaluation.accuracy else None for evaluation in (trained, kept))
        return Outcome(status, step, found, kept.loss[0], accuracy, kept_accuracy)

    def _prediction(self, experiment: Experiment, data: DataMoments) -> tuple[float | None, ...]:
        prediction = predict(experiment, data)
        return (*prediction.activation_gradient, None) if prediction else (None,) * len(self.layers)
