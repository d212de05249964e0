"""Draws weights as the catalog says, in the order and shape in which plain PyTorch would draw them."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from gradtui.catalog.initializations import INITIALIZATIONS, Initialization
from gradtui.core.experiment import Section
from gradtui.engine.gates import Gates, draw_gates
from gradtui.engine.layers import Linear


def draw(linear: Linear, lane: int, network: Section, generator: torch.Generator) -> None:
    """Fill one lane of a layer. A weight is drawn as [out, in] and turned, so the numbers are those of an nn.Linear."""
    initialization = INITIALIZATIONS[network.initialization]
    if isinstance(linear, Gates):

        def draw_one(fan_in: int, fan_out: int) -> Tensor:
            return _weight(torch.empty(fan_out, fan_in), initialization, network, generator)

        draw_gates(linear, lane, network, draw_one, generator)
        return
    weight = _weight(torch.empty(linear.fan_out, linear.fan_in), initialization, network, generator)
    bound = math.sqrt(3 * initialization.bias_variance(linear.fan_in))
    with torch.no_grad():
        linear.weight[lane] = weight.T
        linear.bias[lane] = torch.empty(linear.fan_out).uniform_(-bound, bound, generator=generator) if bound else 0.0


def _weight(empty: Tensor, initialization: Initialization, network: Section, generator: torch.Generator) -> Tensor:
    fan_out, fan_in = empty.shape
    if initialization.draw == "orthogonal":
        return torch.nn.init.orthogonal_(empty, network.gain, generator=generator)
    if initialization.draw == "zero":
        return empty.zero_()
    spread = initialization.spread(fan_in, fan_out, network.values())
    if initialization.draw == "normal":
        return empty.normal_(0, spread, generator=generator)
    bound = math.sqrt(3) * spread
    return empty.uniform_(-bound, bound, generator=generator)
