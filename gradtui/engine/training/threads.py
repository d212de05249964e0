"""On how many threads steps are made: the number that is found to be faster, and no matter of a run's numbers."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence

import torch
from torch import Tensor

from gradtui.core.experiments.cost import cost
from gradtui.core.experiments.experiment import Experiment
from gradtui.engine.data.samples import Batch
from gradtui.engine.training.stack import Stack, Step

ALL = torch.get_num_threads()
"""Threads that PyTorch would use by itself: as many as there are cores, or as the environment says."""
_WORTH, _MAYBE = 1.3e7, 3e6
"""Operations of a step's largest product, forward, from which more threads than one pay on a machine with nothing else to do, and
those below which they never do.
"""
_TURNS = 5
"""Steps that are made twice to find the faster number of threads."""
_FASTER = 0.8
"""Share of the usual time that the other number of threads may take to be taken."""
_WATCHED, _LONGEST = 20, 640
"""Steps whose median time is looked at, and the most that it becomes where looking again and again finds nothing new."""
_CHANGED = 1.5
"""Factor between two median times from which the other number of threads is tried again."""


def usual(experiments: Sequence[Experiment]) -> int:
    """The number of threads on which these lanes get their numbers: one, where several would only wait for each other, or all."""
    return ALL if _product(experiments) >= _WORTH else 1


class Threads:
    """Makes the forward and backward passes of a stack on one thread or on all, whichever is faster at the time.

    Sums over threads may differ in their last bits. A run's numbers are therefore those of the usual number of threads, which
    follows from the experiment: for a few steps every pass is made on both numbers and the results are compared. The other number
    is taken where it is clearly faster and gave the same bits, and for batches of that size alone. Everything else is done on the
    usual one.
    """

    def __init__(self, stack: Stack, usual: int, other: int | None) -> None:
        self._stack, self._usual, self._other = stack, usual, other
        self._chosen = usual
        self._size: int | None = None
        self._ratios: list[float] = []
        self._looking = False
        self._times: list[float] = []
        self._watched = _WATCHED
        self._pace: float | None = float("inf")  # no step is as slow: the first median is a reason to look
        torch.set_num_threads(usual)

    def differentiate(self, batch: Batch, sampled: bool) -> Step:
        """The stack's own, with its bits."""
        if self._other is None:
            return self._stack.differentiate(batch, sampled)
        size = batch[0].shape[1]
        if self._size is None:
            self._size = size
        if size != self._size:
            return self._stack.differentiate(batch, sampled)
        if self._looking:
            return self._twice(batch, sampled, self._other)
        step, seconds = self._timed(self._chosen, batch, sampled)
        self._watch(seconds)
        return step

    def _timed(self, count: int, batch: Batch, sampled: bool) -> tuple[Step, float]:
        torch.set_num_threads(count)
        began = time.perf_counter()
        step = self._stack.differentiate(batch, sampled)
        seconds = time.perf_counter() - began
        torch.set_num_threads(self._usual)
        return step, seconds

    def _twice(self, batch: Batch, sampled: bool, other: int) -> Step:
        """The pass on the usual threads, after one on the others that leaves nothing behind but its time."""
        with self._stack.aside():
            thrown, seconds = self._timed(other, batch, sampled)
        numbers = _numbers(thrown)
        del thrown
        step, usually = self._timed(self._usual, batch, sampled)
        self._ratios.append(seconds / usually)
        if not all(map(_same, numbers, _numbers(step))):
            self._other, self._chosen = None, self._usual
        elif len(self._ratios) == _TURNS:
            self._decide(other)
        return step

    def _decide(self, other: int) -> None:
        before = self._chosen
        self._chosen = other if statistics.median(self._ratios) < _FASTER else self._usual
        self._watched = _WATCHED if self._chosen != before else min(2 * self._watched, _LONGEST)
        self._looking, self._pace = False, None
        self._ratios.clear()

    def _watch(self, seconds: float) -> None:
        """Look again where steps take another time than they did after the last look."""
        self._times.append(seconds)
        if len(self._times) < self._watched:
            return
        pace = statistics.median(self._times)
        self._times.clear()
        if self._pace is None:
            self._pace = pace
        self._looking = not self._pace / _CHANGED < pace < self._pace * _CHANGED


def of(stack: Stack, count: int, device: torch.device) -> Threads:
    """The threads of a stack, whose usual number is `count`, on a device; a GPU has none to choose."""
    small = _product(stack.experiments) < _MAYBE
    return Threads(stack, count, None if small or device.type != "cpu" or ALL == 1 else 1 if count > 1 else ALL)


def _product(experiments: Sequence[Experiment]) -> int:
    return sum(cost(experiment).product for experiment in experiments)


def _numbers(step: Step) -> list[Tensor]:
    return [*step.gradients, step.norms.clone(), torch.tensor(step.losses)]


def _same(one: Tensor, other: Tensor) -> bool:
    """Whether two tensors have the same bits, those of NaN included."""
    return torch.equal(one.view(torch.int32), other.view(torch.int32))
