"""The summary of a run: the one JSON object that `gradtui run --json` prints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from gradtui.core.frozen import Frozen
from gradtui.core.measured.finding import Finding
from gradtui.core.measured.frame import Frame, Number
from gradtui.core.measured.run import Run

_LISTS = ("activation_std", "activation_gradient", "weight_gradient", "update_ratio", "dead", "saturated")

Numbers = tuple[Number | None, ...]


class LossSummary(Frozen):
    """The training loss at the first and last step, the smallest of any step, and the validation loss at the end."""

    first: Number | None
    last: Number | None
    best: Number | None
    validation: Number | None


class Accuracy(Frozen):
    """Share of right classes at the end; None for regression."""

    train: Number | None
    validation: Number | None


class Evaluated(Frozen):
    """Samples of either set on which the figures at the end stand; 0 where it was not looked at."""

    train: int
    validation: int


class LayerSummary(Frozen):
    """What was measured at one step, a number a layer."""

    activation_std: Numbers
    activation_gradient: Numbers
    weight_gradient: Numbers
    update_ratio: Numbers
    dead: Numbers
    saturated: Numbers


class FirstLayerSummary(LayerSummary):
    """The first step's measurements, and what theory says of its activation gradients, 1.0 at the last hidden layer."""

    predicted_activation_gradient: Numbers


class Summary(Frozen):
    """The outcome of a run, in the words of the command's contract."""

    status: Literal["done", "diverged", "stopped", "failed"]
    steps: int
    seed: int
    device: str
    steps_per_second: Number | None
    loss: LossSummary
    accuracy: Accuracy
    evaluated: Evaluated
    layers: tuple[str, ...]
    first: FirstLayerSummary
    last: LayerSummary
    findings: tuple[Finding, ...] = ()
    run: str | None = None


def summarize(run: Run) -> Summary:
    """The summary of a run that has ended. Best is NaN only where no step had a number."""
    started, history, ended = run.started, run.history, run.ended
    assert started is not None and ended is not None
    first, last = history.first, history.newest
    lows = history.loss.low[:, 0]
    numbers = lows[~np.isnan(lows)]
    best = None if not len(lows) else float(np.min(numbers)) if len(numbers) else float("nan")
    return Summary(
        status=ended.status,
        steps=ended.step,
        seed=run.experiment.run.seed,
        device=started.device,
        steps_per_second=run.speed,
        loss=LossSummary(
            first=first.loss.last if first else None,
            last=last.loss.last if last else None,
            best=best,
            validation=ended.validation_loss,
        ),
        accuracy=Accuracy(train=ended.accuracy, validation=ended.validation_accuracy),
        evaluated=Evaluated(train=ended.training_samples, validation=ended.validation_samples),
        layers=started.layers,
        first=FirstLayerSummary(**_lists(first, started.layers), predicted_activation_gradient=run.predicted),
        last=LayerSummary(**_lists(last, started.layers)),
        findings=run.findings,
    )


def _lists(frame: Frame | None, layers: Sequence[str]) -> dict[str, Numbers]:
    empty = (None,) * len(layers)
    return {name: frame.layers.get(name, empty) if frame else empty for name in _LISTS}
