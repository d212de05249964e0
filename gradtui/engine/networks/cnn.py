"""The convolutional network: 3x3 convolutions, the mean of every channel, then a linear output layer."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from gradtui.core.experiments.branches import places
from gradtui.core.experiments.experiment import Section
from gradtui.engine.networks import Pass
from gradtui.engine.networks.feedforward import FeedForward
from gradtui.engine.networks.layers import Convolution, Linear


class CNN(FeedForward):
    """Pixels are rows and channels are units, so normalization, activation and residual links are those of an MLP."""

    def __init__(self, network: Section, features: int, outputs: int) -> None:
        width, side = network.width, math.isqrt(features)
        placed = places(network, width == 1)
        channels = [1, *[width] * (network.depth - 1)]
        biased = network.normalization != "batch"  # which takes every channel's mean away
        hidden = [Convolution(size, width, side, place.fixup, biased) for size, place in zip(channels, placed, strict=True)]
        super().__init__(network, hidden, placed, Linear(width, outputs))

    def forward(self, inputs: Tensor, training: bool) -> Pass:
        """Images [lanes, batch, 1, side, side] through all layers."""
        passed = self.hidden(inputs.flatten(1, -1).unsqueeze(-1), training)
        last = passed.outputs[-1]
        return self.finished(passed, torch.unflatten(last, 1, (inputs.shape[1], -1)).mean(2))
