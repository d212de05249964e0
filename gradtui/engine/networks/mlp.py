"""The multilayer perceptron: hidden layers of one width, then a linear output layer."""

from __future__ import annotations

from torch import Tensor

from gradtui.core.experiments.branches import places
from gradtui.core.experiments.experiment import Section
from gradtui.engine.networks import Pass
from gradtui.engine.networks.feedforward import FeedForward
from gradtui.engine.networks.layers import Linear


class MLP(FeedForward):
    """Samples are rows."""

    def __init__(self, network: Section, features: int, outputs: int) -> None:
        width = network.width
        placed = places(network, features == width)
        sizes = [features, *[width] * (network.depth - 1)]
        biased = network.normalization != "batch"  # which takes every unit's mean away
        hidden = [Linear(size, width, place.fixup, biased) for size, place in zip(sizes, placed, strict=True)]
        super().__init__(network, hidden, placed, Linear(width, outputs))

    def forward(self, inputs: Tensor, training: bool) -> Pass:
        """Inputs [lanes, batch, features] through all layers."""
        passed = self.hidden(inputs, training)
        return self.finished(passed, passed.outputs[-1])
