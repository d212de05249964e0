"""Draws weights as the catalog says, in the order and shape in which plain PyTorch would draw them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

import torch
from torch import Tensor

from gradtui.catalog.initializations import INITIALIZATIONS
from gradtui.core.experiments.experiment import Experiment, Section
from gradtui.engine.networks import Network
from gradtui.engine.networks.gates import Gates, draw_gates
from gradtui.engine.networks.layers import Convolution, Embedding, Linear

LSUV_BATCH = 256
"""Training samples that LSUV measures outputs on."""


@torch.no_grad()
def initialize(network: Network, experiments: Sequence[Experiment], inputs: Tensor) -> None:
    """Fill the weights of every lane. `inputs` [lanes, samples, ...] are the first that it trains on; only LSUV looks at them."""
    for lane, experiment in enumerate(experiments):
        generator = torch.Generator().manual_seed(experiment.run.seed)
        for weighted in network.weighted:
            if isinstance(weighted, Embedding):
                weighted.weight[lane] = torch.empty(weighted.drawn_shape).normal_(generator=generator)
            elif isinstance(weighted, Gates):
                draw_gates(weighted, lane, experiment.network, partial(_matrix, experiment.network, generator), generator)
            else:
                _draw(weighted, lane, experiment.network, generator)
    lsuv = [lane for lane, e in enumerate(experiments) if INITIALIZATIONS[e.network.initialization].rescaled == "lsuv"]
    if lsuv:
        _to_unit_variance(network, lsuv, inputs)


def _draw(weighted: Linear | Convolution, lane: int, network: Section, generator: torch.Generator) -> None:
    initialization, values = INITIALIZATIONS[network.initialization], network.values()
    weight = _weight(torch.empty(weighted.drawn_shape), weighted.fan_in, weighted.fan_out, network, generator)
    if initialization.rescaled == "fixup":
        weight *= weighted.fixup
    weighted.take(lane, weight)
    if weighted.bias is None:
        return
    std, bias = math.sqrt(initialization.bias_variance(weighted.fan_in, values)), weighted.bias[lane]
    if initialization.bias == "uniform":
        bias.uniform_(-math.sqrt(3) * std, math.sqrt(3) * std, generator=generator)
    elif std:
        bias.normal_(0, std, generator=generator)


def _matrix(network: Section, generator: torch.Generator, fan_in: int, fan_out: int) -> Tensor:
    return _weight(torch.empty(fan_out, fan_in), fan_in, fan_out, network, generator)


def _weight(empty: Tensor, fan_in: int, fan_out: int, network: Section, generator: torch.Generator) -> Tensor:
    initialization, values = INITIALIZATIONS[network.initialization], network.values()
    if initialization.draw == "orthogonal":
        return torch.nn.init.orthogonal_(empty, values.get("gain", 1.0), generator=generator)
    if initialization.draw == "identity":
        return (torch.nn.init.eye_ if empty.dim() == 2 else torch.nn.init.dirac_)(empty).mul_(network.gain)
    if initialization.draw == "zero":
        return empty.zero_()
    spread = initialization.spread(fan_in, fan_out, values)
    if initialization.draw == "normal":
        return empty.normal_(0, spread, generator=generator)
    bound = math.sqrt(3) * spread
    return empty.uniform_(-bound, bound, generator=generator)


def _to_unit_variance(network: Network, lanes: Sequence[int], inputs: Tensor) -> None:
    """Layer-sequential unit variance (Mishkin & Matas 2016): from the input on, divide each layer's weights by the standard
    deviation of what they make of a batch. Biases are zero, so once is enough; an output without variance stays as it is.
    """
    for at, weighted in enumerate(network.weighted):
        made = network.forward(inputs, training=False).weighted[at]
        stds = made.flatten(1).std(1, correction=0)
        for lane in lanes:
            if stds[lane] > 0:
                weighted.weight[lane] /= stds[lane]
