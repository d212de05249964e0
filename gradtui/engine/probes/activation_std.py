"""The spread of a layer's output: whether the signal dies out or grows with depth."""

from __future__ import annotations

import torch
from torch import Tensor

from gradtui.engine.probes.sample import Sample, norm


def measure(sample: Sample) -> Tensor:
    """Standard deviation over batch and units."""
    stds, start = [], 0
    for h in sample.outputs:
        mean = sample.output_means[start : start + len(h), :, None, None].float()
        stds.append(norm(h - mean) / (h.shape[-2] * h.shape[-1]) ** 0.5)
        start += len(h)
    return torch.cat(stds)
