"""Trains experiments side by side: `for frame in train(experiments, controls)`."""

from __future__ import annotations

import time
from collections.abc import Container, Generator, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Literal

import torch

from gradtui.core.experiments.cost import evaluated, stride
from gradtui.core.experiments.experiment import Experiment
from gradtui.core.measured.frame import Frame
from gradtui.core.measured.protocol import Divergence, Started
from gradtui.core.moments import DataMoments
from gradtui.core.theory.depth import predict
from gradtui.core.theory.over_time import predict_over_time
from gradtui.engine.data.moments import moments
from gradtui.engine.training import divergence, lanes, threads
from gradtui.engine.training.controls import Controls
from gradtui.engine.training.devices import check_memory, choose, keep_memory
from gradtui.engine.training.evaluation import Evaluation
from gradtui.engine.training.losses import guessing
from gradtui.engine.training.recorder import Recorder
from gradtui.engine.training.stack import Stack, Step

_OPENING = 10
"""Steps at the start that are all sampled."""
_VALIDATE, _YOUNG = 10, 20
"""Frames from one that is validated to the next at most; one is validated sooner where a run is longer by one in so many steps."""
_EXACT = 1e-15, 1e18
"""Norms outside may have lost squares to float32's underflow or overflow, and are taken again in float64."""


Status = Literal["done", "stopped", "diverged"]


@dataclass(frozen=True)
class Outcome:
    """How a lane ended, after how many steps. Loss and accuracies are those on the first so many samples of the sets; None where
    there is no accuracy, and where the run was stopped before its first step.
    """

    status: Status
    step: int
    lane: int = 0
    divergence: Divergence | None = None
    validation_loss: float | None = None
    accuracy: float | None = None
    validation_accuracy: float | None = None
    training_samples: int = 0
    validation_samples: int = 0


Outcomes = tuple[Outcome, ...]
"""One a lane."""


def train(experiments: Sequence[Experiment], controls: Controls | None = None) -> Generator[Frame, None, Outcomes]:
    """Train experiments, each in a lane; yields a frame a lane for every sampled step and returns the outcomes. Raises Refused."""
    outcomes = yield from prepare(experiments).frames(controls)
    return outcomes


def prepare(experiments: Sequence[Experiment]) -> Training:
    """A run before its first step. Raises Refused, before anything is allocated, for what cannot be trained here."""
    lanes.check(experiments)
    device = choose(experiments)
    check_memory(experiments, device)
    return Training(Stack(experiments, device), device)


class Training:
    """A run: what is known of it before its first step, and its frames. `made` counts its steps, `running` are the lanes that are
    still trained.

    `data` are the moments of the training samples by lane. `predicted` is the theory's activation gradient by lane and layer,
    relative to the last hidden layer; None where there is none.
    `predicted_over_time` is that of the last hidden layer by lane and shown time step, relative to the last one. `guessing` is the
    loss of the best constant answer by lane.
    """

    def __init__(self, stack: Stack, device: torch.device) -> None:
        self.stack = stack
        self.made = 0
        self.running = list(range(len(stack.experiments)))
        self._outcomes: dict[int, Outcome] = {}
        self._suspects: dict[int, Divergence] = {}
        self._recorder, self._batches = Recorder(len(stack.experiments)), stack.batches()
        self._measured, self._due_frame, self._due_step = 0, 0, 0
        self._began = 0.0
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
            threads=threads.usual(self.stack.experiments) if self.device.type == "cpu" else 0,
        )

    def frames(self, controls: Controls | None = None, also: Container[int] = ()) -> Generator[Frame, None, Outcomes]:
        """Train: a generator of frames whose value is the outcomes. Where there are more steps then, the next goes on.

        Frames come at the steps that the experiment's stride says, and at those in `also`, where the network is validated. A lane
        whose loss is not finite is lost: it gives a last frame and changes no bit of the others, which run on.
        """
        controls = controls or Controls()
        stack, running, recorder = self.stack, self.running, self._recorder
        running.extend(lane for lane, outcome in self._outcomes.items() if outcome.status == "done")
        keep_memory()
        passes = threads.of(stack, self.device)
        every = stride(stack.experiments[0])
        self._began = self._began or time.perf_counter()
        while self.unfinished:
            if controls.pending and not controls.obey(self.made, stack.change):
                return self._ended("stopped", self.made)
            if not self.unfinished:
                break
            number = self.made + 1
            wanted = number in also or number == stack.experiments[0].run.steps
            sampled = wanted or number <= _OPENING or number % every == 0 or controls.stepping
            rates = stack.schedule(number)
            batch = next(self._batches)
            step = passes.differentiate(batch, sampled)
            norms = self._norms(step, number)
            recorder.add(step.losses, norms)
            lost = [lane for lane in running if not isfinite(step.losses[lane])]
            if lost and not sampled:
                with stack.aside():
                    step = stack.differentiate(batch, True)
            before = stack.copy_of_weights() if sampled or lost else []
            stack.update(number, step, norms, lost)
            self.made = number
            if sampled or lost:
                validated = wanted or bool(lost) or self._measured >= self._due_frame or number >= self._due_step
                evaluation = stack.validate() if validated else None
                measured = stack.measure(step, before, evaluation)
                for lane in lost:
                    measured[lane]["update_ratio"] = (None,) * len(self.layers)
                clock = time.perf_counter() - self._began - controls.waited
                told = running if sampled else lost
                yield from recorder.frames(told, number, clock, rates, measured, stack.over_time(step), evaluation)
                if sampled and validated:
                    self._due_frame, self._due_step = self._measured + _VALIDATE, max(_OPENING, number + number // _YOUNG)
                self._measured += sampled
            if lost:
                self._end("diverged", number, lost, step)
            if not running:
                break
        return self._ended("done", self.made)

    @property
    def unfinished(self) -> bool:
        """Whether the experiment has more steps than were made."""
        return bool(self.made < self.stack.experiments[0].run.steps)

    def _norms(self, step: Step, number: int) -> list[float]:
        """Total gradient norms by lane, exact whatever their size; remembers where the first that is not finite came from."""
        norms: list[float] = step.norms.tolist()
        for lane in self.running:
            if not _EXACT[0] < norms[lane] < _EXACT[1]:
                norms[lane] = float(torch.linalg.vector_norm(self.stack.storage.gradients[lane], dtype=torch.float64))
                if not isfinite(norms[lane]) and isfinite(step.losses[lane]) and lane not in self._suspects:
                    self._suspects[lane] = divergence.in_backward(self.stack.storage, self.layers, number, lane)
        return norms

    def _end(self, status: Status, number: int, lanes: Sequence[int], step: Step | None = None) -> None:
        """Lanes end after so many steps; where they diverged, `step` is the last one."""
        stack = self.stack
        limit = evaluated(stack.experiments[0], number)
        kept = stack.evaluate(stack.validation, limit) if lanes and number else None
        trained = stack.evaluate(stack.training, limit) if kept and stack.classifies else None
        for lane in list(lanes):
            self.running.remove(lane)
            found = self._divergence(step, number, lane) if step else None
            self._outcomes[lane] = _outcome(status, number, lane, found, trained, kept)

    def _ended(self, status: Status, number: int) -> Outcomes:
        """The outcomes of all lanes, those that are still trained with this one."""
        self._end(status, number, self.running)
        return tuple(self._outcomes[lane] for lane in sorted(self._outcomes))

    def _divergence(self, step: Step, number: int, lane: int) -> Divergence:
        return self._suspects.get(lane) or divergence.in_forward(step.passed, self.layers, number, lane)

    def _prediction(self, experiment: Experiment, data: DataMoments) -> tuple[float | None, ...]:
        prediction = predict(experiment, data)
        return (*prediction.activation_gradient, None) if prediction else (None,) * len(self.layers)


def _outcome(
    status: Status, number: int, lane: int, found: Divergence | None, trained: Evaluation | None, kept: Evaluation | None
) -> Outcome:
    """What came of a lane, by the evaluations of both sets at its end."""
    return Outcome(
        status,
        number,
        lane,
        found,
        kept.loss[lane] if kept else None,
        trained.accuracy[lane] if trained and trained.accuracy else None,
        kept.accuracy[lane] if kept and kept.accuracy else None,
        trained.samples if trained else 0,
        kept.samples if kept else 0,
    )
