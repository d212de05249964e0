"""The weights of a recurrent layer, and how they are drawn."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from gradtui.catalog.initializations import INITIALIZATIONS
from gradtui.core.experiments.experiment import Section
from gradtui.engine.networks.layers import Linear

DrawOne = Callable[[int, int], Tensor]
"""Draws one matrix [out, in], as the experiment's initialization says, from (in, out)."""


class Gates(Linear):
    """One matrix for each gate, side by side: weights [lanes, in, gates * units], biases [lanes, 1, gates * units].

    `recurrent` says whether they are the ones from one time step to the next. `forget` is the place of the gate that begins with
    the experiment's forget bias, if there is one.
    """

    bias: Tensor

    def __init__(self, fan_in: int, units: int, gates: int, recurrent: bool, forget: int | None = None) -> None:
        super().__init__(fan_in, gates * units)
        self.units, self.gates, self.recurrent, self.forget = units, gates, recurrent, forget


@torch.no_grad()
def draw_gates(gates: Gates, lane: int, network: Section, draw_one: DrawOne, generator: torch.Generator) -> None:
    """Fill one lane, gate by gate. PyTorch's default is that of nn.RNN: everything uniform within 1/sqrt(units)."""
    units, default = gates.units, INITIALIZATIONS[network.initialization].bias == "uniform"
    bound, identity = 1 / math.sqrt(units), network.family == "irnn"
    recurrence = "same" if not gates.recurrent else "identity" if identity else network.recurrent
    for gate in range(gates.gates):
        columns = slice(gate * units, (gate + 1) * units)
        if recurrence == "identity":
            weight = torch.eye(units) * (1.0 if identity else network.recurrent_gain)
        elif recurrence == "orthogonal":
            weight = torch.nn.init.orthogonal_(torch.empty(units, units), network.recurrent_gain, generator=generator)
        elif default:
            weight = torch.empty(units, gates.fan_in).uniform_(-bound, bound, generator=generator)
        else:
            weight = draw_one(gates.fan_in, units)
        gates.weight[lane, :, columns] = weight.T
        if default and not identity:
            gates.bias[lane, :, columns].uniform_(-bound, bound, generator=generator)
        elif not (identity or gates.recurrent):
            gates.bias[lane, :, columns].normal_(0, network.values().get("bias_std", 0.0), generator=generator)
        if gate == gates.forget:
            gates.bias[lane, :, columns] = 0.0 if gates.recurrent else network.forget_bias
