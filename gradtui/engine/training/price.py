"""What an optimizer's own step costs: lanes of a stack advance together, so their seconds cannot be told apart."""

from __future__ import annotations

import statistics
import time

import torch

from gradtui.core.experiments.experiment import Experiment
from gradtui.engine.training.trainer import prepare

_WARM, _MOST, _LONGEST = 3, 50, 0.05
"""Steps before any is timed, steps that are timed at most, and seconds for all of them, about."""


def optimizer_microseconds(experiment: Experiment) -> float:
    """Microseconds that a step of the experiment's optimizer takes by itself, on one lane and with gradients that do not change:
    the median of some steps. Raises Refused as a run would.
    """
    stack = prepare([experiment]).stack
    stack.storage.gradients.fill_(1e-6)
    times: list[float] = []
    began = time.perf_counter()
    while len(times) < _WARM + _MOST and (len(times) <= _WARM or time.perf_counter() - began < _LONGEST):
        start = time.perf_counter()
        stack.optimizers.step([1.0])
        if stack.storage.weights.is_cuda:
            torch.cuda.synchronize()
        times.append(time.perf_counter() - start)
    return 1e6 * statistics.median(times[_WARM:])
