"""The network on whole sets, without training: validation loss, accuracies, and what its units do there."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from gradtui.engine.data.samples import Samples
from gradtui.engine.networks import Network
from gradtui.engine.probes.units import Units
from gradtui.engine.training.losses import Criterion, hits

SAMPLES = 1024
"""Validation samples that a frame is measured on at most, and samples that pass at once at most."""
_ROWS = 8192
"""Rows, of all samples that pass at once, at most."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The loss and accuracy by lane (None for regression) on so many samples of a set, and what hidden units do there, where that
    was counted.
    """

    samples: int
    loss: list[float]
    accuracy: list[float] | None
    units: Units | None


@torch.no_grad()
def evaluate(
    network: Network, criterion: Criterion, samples: Samples, classifies: bool, limit: int | None = None, units: Units | None = None
) -> Evaluation:
    """Evaluate on a set, or on its first `limit` samples, and count in `units` what hidden units do there.

    Running statistics are used.
    """
    count = min(len(samples), limit or len(samples))
    losses, right = [], []
    taken = Samples(samples.inputs[:, :count], samples.targets[:, :count], samples.draws)
    for inputs, targets in taken.batches(_at_once(taken)):
        passed = network.forward(inputs, training=False)
        losses.append(criterion(passed.outputs[-1], targets)[1] * (inputs.shape[1] / count))
        if classifies:
            right.append(hits(passed.outputs[-1], targets))
        if units:
            units.add(passed.activated)
    answers = count * passed.outputs[-1].shape[2:-1].numel()
    accuracy = (torch.stack(right).sum(0) / answers).tolist() if classifies else None
    return Evaluation(count, torch.stack(losses).sum(0).tolist(), accuracy, units)


def _at_once(samples: Samples) -> int:
    """Samples that pass at once: fewer where each is many rows, of an image or of time steps."""
    sample = samples.inputs[0, 0]
    rows = sample.numel() // (sample.shape[-1] if sample.is_floating_point() else 1)
    return min(SAMPLES, max(1, _ROWS // rows))
