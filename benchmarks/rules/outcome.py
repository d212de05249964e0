"""What came of a run, measured without the rules: losses on whole sets, and what became of its units and weights."""

from __future__ import annotations

import hashlib
import math
from pathlib import Path

import numpy as np
import torch

from gradtui.catalog.activations import ACTIVATIONS
from gradtui.core.experiments.experiment import Experiment
from gradtui.core.frozen import Frozen
from gradtui.core.measured.frame import Frame, Number
from gradtui.core.measured.protocol import Started
from gradtui.engine.training.stack import Stack
from gradtui.engine.training.trainer import prepare

_CHECKPOINTS = 25
_EARLY = 10
_SAMPLES = 512
_FLAT = 0.05
_ALIKE = 1e-6


class Checkpoint(Frozen):
    """Losses on the training and the validation set, at most `_SAMPLES` of each, after a step."""

    step: int
    training: Number
    validation: Number


class Outcome(Frozen):
    """A run that is over.

    `guessing` is the loss of the best constant answer. `early` are validation losses, ten steps apart, before the first checkpoint.
    `silent` is the share of a hidden layer's units that are zero on every training sample at the end, `flat` the share of its
    outputs where the activation's slope is below a twentieth of its largest, averaged over the checkpoints; both by layer, empty
    where the activation has no such state. `alike` says that in some hidden layer all units ended with the same weights.
    """

    started: Started
    frames: tuple[Frame, ...]
    diverged: bool
    guessing: Number
    checkpoints: tuple[Checkpoint, ...]
    silent: tuple[Number, ...]
    flat: tuple[Number, ...]
    alike: bool
    early: tuple[Number, ...] = ()

    @property
    def final(self) -> float:
        """The training loss at the end: the median of the last three checkpoints; infinite where the run diverged."""
        losses = [point.training for point in self.checkpoints[-3:]]
        return math.inf if self.diverged or not losses or not all(map(math.isfinite, losses)) else float(np.median(losses))

    @property
    def best(self) -> float:
        """The least validation loss that was measured; NaN where there was none."""
        return min([*self.early, *(point.validation for point in self.checkpoints)], default=math.nan)


def outcome(experiment: Experiment, cache: Path) -> Outcome:
    """What came of an experiment, from the cache where it has been run before."""
    path = cache / f"{hashlib.sha256(experiment.model_dump_json().encode()).hexdigest()}.json"
    if path.exists():
        return Outcome.model_validate_json(path.read_bytes())
    made = _run(experiment)
    partial = path.with_suffix(".partial")
    partial.write_text(made.model_dump_json())
    partial.replace(path)
    return made


def _run(experiment: Experiment) -> Outcome:
    training = prepare([experiment])
    stack, frames, flat = training.stack, list[Frame](), list[list[float]]()
    points, early = list[Checkpoint](), list[float]()
    running, apart = training.frames(), max(1, experiment.run.steps // _CHECKPOINTS)
    while True:
        try:
            frames.append(next(running))
        except StopIteration as end:
            diverged = end.value[0].status == "diverged"
            break
        if frames[-1].step >= (points[-1].step if points else 0) + apart:
            seen = stack.evaluate(stack.training, _SAMPLES)
            kept = stack.evaluate(stack.validation, _SAMPLES)
            points.append(Checkpoint(step=frames[-1].step, training=seen.loss[0], validation=kept.loss[0]))
            flat.append(_flat(experiment, _activated(stack)))
        elif not points and frames[-1].step % _EARLY == 0:
            early.append(stack.evaluate(stack.validation, _SAMPLES).loss[0])
    return Outcome(
        started=training.started(),
        frames=tuple(frames),
        diverged=diverged,
        guessing=training.guessing[0],
        checkpoints=tuple(points),
        silent=_silent(experiment, _activated(stack)),
        flat=tuple(np.mean([row for row in flat if row], 0).tolist()) if any(flat) else (),
        alike=_alike(stack),
        early=tuple(early),
    )


@torch.no_grad()
def _activated(stack: Stack) -> list[torch.Tensor]:
    """The activations of the layers that have one, on the training samples."""
    passed = stack.network.forward(stack.training.inputs[:, :_SAMPLES], training=False)
    return [h for h in passed.activated if h is not None]


def _silent(experiment: Experiment, activated: list[torch.Tensor]) -> tuple[float, ...]:
    chosen = ACTIVATIONS.get(experiment.network.values().get("activation", ""))
    if chosen is None or not chosen.dies:
        return ()
    return tuple(float((h[0].flatten(0, -2) == 0).all(0).double().mean()) for h in activated)


def _flat(experiment: Experiment, activated: list[torch.Tensor]) -> list[float]:
    slope = _SLOPES.get(experiment.network.values().get("activation", ""))
    return [float((slope(h[0]) < _FLAT).double().mean()) for h in activated] if slope else []


def _alike(stack: Stack) -> bool:
    """Layers are [layers, lanes, inputs, units]; the last layer is the output."""
    layers = [layer[0] for group in stack.copy_of_weights() for layer in group][:-1]
    matrices = [weights for weights in layers if min(weights.shape) > 1]
    return any(
        bool(weights.isfinite().all()) and float(weights.std(1).max()) <= _ALIKE * float(weights.abs().max())
        for weights in matrices
    )


_SLOPES = {
    "sigmoid": lambda h: 4 * h * (1 - h),
    "tanh": lambda h: 1 - h * h,
    "softsign": lambda h: (1 - h.abs()) ** 2,
}
"""An activation's slope, by its own output, relative to its largest one."""
