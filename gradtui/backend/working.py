"""Cells of a study: a stack of them is trained to its end, followed lane by lane, and told as results."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from gradtui.backend.follower import Follower
from gradtui.backend.halving import Halving
from gradtui.core.experiments.experiment import Experiment, InvalidExperiment, experiment
from gradtui.core.measured.protocol import Advance
from gradtui.core.measured.work import Finished, Work, Worked, Working
from gradtui.engine.training.controls import Controls

if TYPE_CHECKING:
    from gradtui.engine.training.outcomes import Outcomes
    from gradtui.engine.training.trainer import Training

Tell = Callable[[Working | Finished | Worked], None]
_APART = 0.2
"""Seconds from one word on how far a job is to the next."""


def work(job: Work, controls: Controls, tell: Tell) -> None:
    """Train a job's cells; tells how far it is, every cell's result and the end, whatever goes wrong. What a signal or the other
    side stops has no results.
    """
    from gradtui.core.experiments.refusal import Refused
    from gradtui.engine.training.trainer import prepare

    try:
        began = time.perf_counter()
        experiments = [experiment(cell.experiment) for cell in job.cells]
        training = prepare(experiments, [cell.part for cell in job.cells])
        followers = [
            Follower(made, training.started(), lane, cell)
            for lane, (made, cell) in enumerate(zip(experiments, job.cells, strict=True))
        ]
        outcomes = _train(job, training, followers, controls, tell)
        seconds = (time.perf_counter() - began) / len(followers)
        prices = _prices(experiments) if job.cells[0].sweep is None else {}
        for follower, outcome in zip(followers, outcomes, strict=True):
            if outcome.status != "stopped" or follower.dropped:
                price = prices.get(experiments[outcome.lane].optimizer.name)
                tell(Finished(job=job.job, result=follower.result(outcome, seconds, price)))
        tell(Worked(job=job.job))
    except (Refused, InvalidExperiment) as error:
        tell(Worked(job=job.job, problem=str(error), refused=True))
    except Exception as error:
        tell(Worked(job=job.job, problem=f"{type(error).__name__}: {error}"))


def _train(job: Work, training: Training, followers: Sequence[Follower], controls: Controls, tell: Tell) -> Outcomes:
    """Train to the end."""
    steps = training.experiment(0).run.steps
    halving = Halving(job, steps) if job.halve else None
    rates = _rates(job, steps)
    if rates:
        training.change("optimizer.learning_rate", rates[0])
        controls.send(Advance(steps=steps))
    frames = training.frames(controls, also=halving.rungs if halving else ())
    told = time.perf_counter()
    while True:
        try:
            frame = next(frames)
        except StopIteration as end:
            outcomes: Outcomes = end.value
            return outcomes
        followers[frame.lane].follow(frame)
        if frame.lane != training.running[-1] and math.isfinite(frame.loss.last):
            continue
        leaving = [lane for lane in training.running if job.cells[lane].cell in controls.dropped]
        if halving and frame.step in halving.rungs:
            leaving += halving.leave(frame.step, [(lane, followers[lane].bad(job.by)) for lane in training.running])
        if leaving:
            for lane in leaving:
                followers[lane].dropped = True
            training.drop(leaving)
        if rates and frame.step < steps:
            training.change("optimizer.learning_rate", rates[frame.step])
        if time.perf_counter() >= told + _APART:
            told = time.perf_counter()
            tell(Working(job=job.job, step=frame.step, cells=tuple(followers[lane].newest() for lane in training.running)))


def _prices(experiments: Sequence[Experiment]) -> dict[str, float]:
    """Microseconds of a step of each optimizer by itself."""
    from gradtui.engine.training.price import optimizer_microseconds

    return {name: optimizer_microseconds(one) for name, one in {one.optimizer.name: one for one in experiments}.items()}


def _rates(job: Work, steps: int) -> list[float]:
    """The learning rate of every step where it sweeps; else none."""
    if job.cells[0].sweep is None:
        return []
    low, high = job.cells[0].sweep
    return [low * (high / low) ** (at / max(1, steps - 1)) for at in range(steps)]
