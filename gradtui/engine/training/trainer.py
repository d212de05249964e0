"""Trains experiments side by side: `for frame in train(experiments, controls)`."""

from __future__ import annotations

import time
from collections.abc import Container, Generator, Iterable, Mapping, Sequence
from math import isfinite
from typing import Any

import torch

from gradtui.core.experiments.cost import evaluated, stride
from gradtui.core.experiments.experiment import Experiment
from gradtui.core.experiments.part import WHOLE, Part
from gradtui.core.measured.frame import Frame
from gradtui.core.measured.protocol import Divergence, Started
from gradtui.core.moments import DataMoments
from gradtui.core.theory.depth import predict
from gradtui.core.theory.over_time import predict_over_time
from gradtui.engine.data.moments import moments
from gradtui.engine.training import divergence, lanes, threads
from gradtui.engine.training.controls import Controls
from gradtui.engine.training.devices import check_memory, choose, keep_memory
from gradtui.engine.training.losses import guessing
from gradtui.engine.training.outcomes import Evaluated, Outcome, Outcomes, Status, outcome
from gradtui.engine.training.pace import OPENING, Pace
from gradtui.engine.training.recorder import Recorder
from gradtui.engine.training.stack import Stack, Step
from gradtui.engine.training.threads import Threads

_EXACT = 1e-15, 1e18
"""Norms outside may have lost squares to float32's underflow or overflow, and are taken again in float64."""


_FEWEST = 2
"""Lanes that a stack of several keeps at least."""


def train(experiments: Sequence[Experiment], controls: Controls | None = None) -> Generator[Frame, None, Outcomes]:
    """Train experiments, each in a lane; yields a frame a lane for every sampled step and returns the outcomes. Raises Refused."""
    outcomes = yield from prepare(experiments).frames(controls)
    return outcomes


def prepare(experiments: Sequence[Experiment], parts: Sequence[Part] = ()) -> Training:
    """A run before its first step; `parts` say how each lane's data are cut. Raises Refused, before anything is allocated, for what
    cannot be trained here.
    """
    lanes.check(experiments)
    device = choose(experiments)
    check_memory(experiments, device)
    return Training(Stack(experiments, parts or [WHOLE] * len(experiments), device), device)


class Training:
    """A run: what is known of it before its first step, and its frames. `made` counts its steps, `running` are the lanes that are
    still trained, `places` the lanes in the order in which the stack has them.

    `data` are the moments of the training samples by lane. `predicted` is the theory's activation gradient by lane and layer,
    relative to the last hidden layer; None where there is none. `predicted_over_time` is that of the last hidden layer by lane and
    shown time step, relative to the last one. `guessing` is the loss of the best constant answer by lane.
    """

    def __init__(self, stack: Stack, device: torch.device) -> None:
        self.stack, self.made = stack, 0
        self.running = list(range(len(stack.experiments)))
        self._experiments, self.places = list(stack.experiments), list(self.running)
        self._dropped: set[int] = set()
        self._outcomes: dict[int, Outcome] = {}
        self._suspects: dict[int, Divergence] = {}
        self._recorder, self._batches = Recorder(len(stack.experiments)), stack.batches()
        self._usual = threads.usual(stack.experiments) if device.type == "cpu" else 0
        self._passes: Threads | None = None
        self._pace = Pace()
        self._began = 0.0
        self.device, self.layers = device, stack.network.names
        self.weights = stack.storage.weights.shape[1]
        draws = stack.training.draws
        of_draws, guesses = tuple(moments(stack.training)), guessing(stack.training.targets)
        self.data = tuple(of_draws[draw] for draw in draws)
        self.predicted = tuple(map(self._prediction, stack.experiments, self.data))
        self.guessing = tuple(guesses[draw] for draw in draws)
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
            threads=self._usual,
        )

    def frames(self, controls: Controls | None = None, also: Container[int] = ()) -> Generator[Frame, None, Outcomes]:
        """Train: a generator of frames whose value is the outcomes. Where there are more steps then, the next goes on.

        Frames come at the steps that the experiment's stride says, and at those in `also`, where the network is validated. A lane
        whose loss is not finite is lost: it gives a last frame, costs nothing more, and changes no bit of the others, which run on.
        """
        controls = controls or Controls()
        stack, running, recorder = self.stack, self.running, self._recorder
        running.extend(lane for lane, outcome in self._outcomes.items() if outcome.status == "done")
        keep_memory()
        every = stride(stack.experiments[0])
        self._began = self._began or time.perf_counter()
        while self.unfinished:
            if controls.pending and not controls.obey(self.made, self.change):
                return self._ended("stopped", self.made)
            if not self.unfinished:
                break
            if self._dropped:
                self._drop()
            if not running:
                break
            passes = self._passes = self._passes or threads.of(stack, self._usual, self.device)
            number = self.made + 1
            wanted = number in also or number == stack.experiments[0].run.steps
            sampled = wanted or number <= OPENING or number % every == 0 or controls.stepping
            rates = stack.schedule(number)
            batch = next(self._batches)
            step = passes.differentiate(batch, sampled)
            norms = self._norms(step, number)
            recorder.add(step.losses, norms)
            places = self._at(running)
            lost = [place for place in places if not isfinite(step.losses[place])]
            if lost and not sampled:
                with stack.aside():
                    step = stack.differentiate(batch, True)
            before = stack.copy_of_weights() if sampled or lost else []
            stack.update(number, step, norms, lost)
            self.made = number
            if sampled or lost:
                validated = wanted or bool(lost) or self._pace.due(number)
                evaluation = stack.validate() if validated else None
                measured = stack.measure(step, before, evaluation)
                for place in lost:
                    measured[place]["update_ratio"] = (None,) * len(self.layers)
                clock = time.perf_counter() - self._began - controls.waited
                told = places if sampled else lost
                if sampled:
                    self._pace.took(number, validated)
                yield from recorder.frames(told, number, clock, rates, measured, stack.over_time(step), evaluation)
            if lost:
                self._end("diverged", number, [self.places[place] for place in lost], step)
                self._repack()
        return self._ended("done", self.made)

    def place(self) -> dict[str, Any]:
        """Where it is, as JSON has it, for `go_to`."""
        return {
            "made": self.made,
            "pace": dict(vars(self._pace)),
            "suspects": [found.model_dump() for found in self._suspects.values()],
            "batches": self._batches.place(),
            "gathered": self._recorder.gathered(),
        }

    def go_to(self, place: Mapping[str, Any]) -> None:
        """Go on from where another one was. Weights, and what is kept of steps, are the stack's."""
        self.made = int(place["made"])
        self._pace = Pace(**place["pace"])
        self._suspects = {found.lane: found for found in map(Divergence.model_validate, place["suspects"])}
        self._batches.go_to(place["batches"])
        self._recorder.go_on(place["gathered"])

    def experiment(self, lane: int) -> Experiment:
        """A lane's experiment as it stands."""
        return self._experiments[lane]

    def change(self, key: str, value: Any) -> Any:
        """Give a live parameter another value in every lane; returns it. Raises InvalidExperiment."""
        changed = self.stack.change(key, value)
        for place, lane in enumerate(self.places):
            self._experiments[lane] = self.stack.experiments[place]
        return changed

    def drop(self, lanes: Iterable[int]) -> None:
        """Train these lanes no further: they are stopped before the next step."""
        self._dropped |= {lane for lane in lanes if lane in self.running}

    @property
    def unfinished(self) -> bool:
        """Whether the experiment has more steps than were made."""
        return bool(self.made < self.stack.experiments[0].run.steps)

    def _norms(self, step: Step, number: int) -> list[float]:
        """Total gradient norms by lane, exact whatever their size; remembers where the first that is not finite came from."""
        norms: list[float] = step.norms.tolist()
        for lane, place in zip(self.running, self._at(self.running), strict=True):
            if not _EXACT[0] < norms[place] < _EXACT[1]:
                norms[place] = float(torch.linalg.vector_norm(self.stack.storage.gradients[place], dtype=torch.float64))
                if not isfinite(norms[place]) and isfinite(step.losses[place]) and lane not in self._suspects:
                    found = divergence.in_backward(self.stack.storage, self.layers, number, place)
                    self._suspects[lane] = found.model_copy(update={"lane": lane})
        return norms

    def _at(self, lanes: Sequence[int]) -> list[int]:
        """Where lanes stand in the stack."""
        return list(lanes) if len(self.places) == len(self._experiments) else [self.places.index(lane) for lane in lanes]

    def _drop(self) -> None:
        """Carry out what was asked of `drop`."""
        self._end("stopped", self.made, sorted(self._dropped))
        self._dropped.clear()
        self._repack()

    def _repack(self) -> None:
        """Leave lanes out of the stack that are no longer trained, but never all but one of several: a product for one lane may
        differ in its last bits from the same one among others.
        """
        wanted = [place for place, lane in enumerate(self.places) if lane in self.running]
        spare = [place for place in range(len(self.places)) if place not in wanted]
        kept = sorted(wanted + spare[: max(0, _FEWEST - len(wanted))])
        if not wanted or len(kept) == len(self.places):
            return
        self.stack.keep(kept)
        self._recorder.keep(kept)
        self._batches.keep(kept)
        self.places = [self.places[place] for place in kept]
        self._passes = None

    def _end(self, status: Status, number: int, lanes: Sequence[int], step: Step | None = None) -> None:
        """Lanes end after so many steps; where they diverged, `step` is the last one."""
        stack = self.stack
        limit = None if stack.whole else evaluated(stack.experiments[0], number)
        kept = stack.evaluate(stack.validation, limit) if lanes and number else None
        trained = stack.evaluate(stack.training, limit) if kept and stack.classifies else None
        tested = stack.evaluate(stack.test) if kept and stack.test else None
        for lane, place in zip(list(lanes), self._at(lanes), strict=True):
            self.running.remove(lane)
            found = self._divergence(step, number, lane, place) if step else None
            self._outcomes[lane] = outcome(status, number, lane, found, Evaluated(trained, kept, tested, place))

    def _ended(self, status: Status, number: int) -> Outcomes:
        """The outcomes of all lanes, those that are still trained with this one."""
        if self._dropped:
            self._end("stopped", number, sorted(self._dropped))
            self._dropped.clear()
        self._end(status, number, self.running)
        return tuple(self._outcomes[lane] for lane in sorted(self._outcomes))

    def _divergence(self, step: Step, number: int, lane: int, place: int) -> Divergence:
        found = self._suspects.get(lane) or divergence.in_forward(step.passed, self.layers, number, place)
        return found.model_copy(update={"lane": lane})

    def _prediction(self, experiment: Experiment, data: DataMoments) -> tuple[float | None, ...]:
        prediction = predict(experiment, data)
        return (*prediction.activation_gradient, None) if prediction else (None,) * len(self.layers)
