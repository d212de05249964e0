"""Losses and accuracies, one number a lane."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from gradtui.catalog.losses import LOSSES
from gradtui.engine.target import resolve

Criterion = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]
"""From logits [lanes, batch, outputs], or [lanes, batch, time, outputs], and targets to the number that is differentiated, the sum
over lanes, and the mean loss of each lane, [lanes].
"""


def criterion(name: str) -> Criterion:
    """The loss of a catalog entry, on lanes."""
    mean, each = resolve(LOSSES[name])().forward, resolve(LOSSES[name])(reduction="none").forward

    def loss(logits: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        lanes = len(logits)
        if lanes == 1:
            only: Tensor = mean(logits.flatten(0, -2), targets.flatten(0, logits.dim() - 2))
            return only, only.detach().unsqueeze(0)
        samples: Tensor = each(logits.flatten(0, -2), targets.flatten(0, logits.dim() - 2))
        losses = samples.view(lanes, -1).mean(1)
        return losses.sum(), losses.detach()

    return loss


def hits(logits: Tensor, targets: Tensor) -> Tensor:
    """How many samples, or time steps of samples, get the right class, [lanes]."""
    classes = targets.argmax(-1) if targets.dim() == logits.dim() else targets
    return (logits.argmax(-1) == classes).flatten(1).sum(1)
