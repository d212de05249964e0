"""The moments of the training samples, which theory starts from."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from gradtui.core.moments import DataMoments
from gradtui.engine.data.samples import Samples


def moments(samples: Samples) -> Iterator[DataMoments]:
    """Moments by draw. Classes are no numbers to be answered, and leave the default."""
    for inputs, targets in zip(samples.inputs, samples.targets, strict=True):
        numbers = inputs.flatten(1).float()
        squares = torch.linalg.vector_norm(numbers, dim=1, dtype=torch.float64).square() / numbers.shape[1]
        target_square = targets.square().mean(dtype=torch.float64).item() if targets.is_floating_point() else 1.0
        yield DataMoments.of(squares.cpu().numpy(), numbers.mean(dtype=torch.float64).item(), target_square)
