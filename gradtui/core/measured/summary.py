"""The summary of a run: the one JSON object that `gradtui run --json` prints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from gradtui.core.frozen import Frozen
from gradtui.core.measured.finding import Finding, in_force
from gradtui.core.measured.frame import Frame, Number
from gradtui.core.measured.run import Run
from gradtui.core.text import grouped, number

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


def in_words(title: str, summary: Summary) -> str:
    """The summary as a person reads it: the outcome, the losses, and a line a layer from the output down."""
    speed = f", {number(summary.steps_per_second)} steps/s" if summary.steps_per_second else ""
    train, validation = (f" on {grouped(count)} samples" for count in (summary.evaluated.train, summary.evaluated.validation))
    lines = [
        f"{title}: {summary.status} after {grouped(summary.steps)} steps on {summary.device}{speed}",
        f"loss  first {number(summary.loss.first)}  last {number(summary.loss.last)}  best {number(summary.loss.best)}"
        f"  validation {number(summary.loss.validation)}{validation if summary.evaluated.validation else ''}",
    ]
    if summary.accuracy.train is not None:
        accuracy = summary.accuracy
        lines.append(f"accuracy  train {number(accuracy.train)}{train}  validation {number(accuracy.validation)}{validation}")
    lines.append(f"{'layer':>5}  {'|dL/dh| first':>13}  {'|dL/dh| last':>13}  {'|dL/dW| last':>13}  {'|dW|/|W| last':>13}")
    for at in reversed(range(len(summary.layers))):
        columns = (
            summary.first.activation_gradient,
            summary.last.activation_gradient,
            summary.last.weight_gradient,
            summary.last.update_ratio,
        )
        lines.append("  ".join([f"{summary.layers[at]:>5}", *(f"{number(column[at]):>13}" for column in columns)]))
    for finding in in_force(summary.findings):
        lines.append(f"{finding.severity}: {finding.what}. {finding.evidence}")
        lines += [f"  try {fix.title}: {fix.reason}" for fix in finding.fixes[:1]]
    return "\n".join(lines)
