"""Losses and accuracies, one number a lane."""

from __future__ import annotations

from collections.abc import Callable

import torch
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


def guessing(targets: Tensor) -> list[float]:
    """The loss of the best answer that is the same for every sample, by draw: what a network gets that has learned nothing.

    `targets` are [draws, samples, ...]. For classes it is the entropy of their shares, for numbers the variance.
    """
    if targets.is_floating_point():
        numbers: list[float] = targets.flatten(1, -2).double().var(1, correction=0).mean(1).tolist()
        return numbers
    shares = [torch.bincount(lane.flatten()).double() / lane.numel() for lane in targets]
    return [float(-(share * share.clamp_min(1e-300).log()).sum()) for share in shares]
