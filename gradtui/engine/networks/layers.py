"""The parts of a layer, each with a leading lane axis: samples are [lanes, batch, units]."""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
import torch.nn.functional as F
from torch import Tensor

from gradtui.engine.networks.storage import Shape


class Linear:
    """Weights [lanes, in, out] and biases [lanes, 1, out], which are left out where what follows takes them away again. `fixup`
    multiplies the weights of Fixup's initialization.
    """

    weight: Tensor
    bias: Tensor | None = None

    def __init__(self, fan_in: int, fan_out: int, fixup: float = 1.0, biased: bool = True) -> None:
        self.fan_in, self.fan_out, self.fixup, self.biased = fan_in, fan_out, fixup, biased

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """Weight and bias."""
        return ((self.fan_in, self.fan_out), (1, self.fan_out))[: 1 + self.biased]

    @property
    def drawn_shape(self) -> Shape:
        """The shape in which torch.nn holds the weight of one lane, and in which it is drawn."""
        return self.fan_out, self.fan_in

    def take(self, lane: int, weight: Tensor) -> None:
        """Fill one lane with a weight as torch.nn holds it."""
        self.weight[lane] = weight.T

    def bind(self, *parameters: Tensor) -> None:
        """Take weight and bias."""
        self.weight = parameters[0]
        self.bias = parameters[1] if self.biased else None

    def __call__(self, inputs: Tensor) -> Tensor:
        """Inputs [lanes, batch, in] to [lanes, batch, out]."""
        return torch.bmm(inputs, self.weight) if self.bias is None else torch.baddbmm(self.bias, inputs, self.weight)


class Convolution:
    """A 3x3 convolution that keeps the image's size: weights [lanes, out, in, 3, 3] and biases [lanes, out], or none.

    Samples are rows [lanes, batch * pixels, channels], so that a pixel is to a convolution what a sample is to a Linear.
    """

    weight: Tensor
    bias: Tensor | None = None

    def __init__(self, channels_in: int, channels_out: int, side: int, fixup: float = 1.0, biased: bool = True) -> None:
        self.fan_in, self.fan_out, self.fixup, self.biased = 9 * channels_in, 9 * channels_out, fixup, biased
        self._channels_in, self._channels_out, self._side = channels_in, channels_out, side

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """Weight and bias."""
        return (self.drawn_shape, (self._channels_out,))[: 1 + self.biased]

    @property
    def drawn_shape(self) -> Shape:
        """The shape in which torch.nn holds the weight of one lane, and in which it is drawn."""
        return self._channels_out, self._channels_in, 3, 3

    def bind(self, *parameters: Tensor) -> None:
        """Take weight and bias."""
        self.weight = parameters[0]
        self.bias = parameters[1] if self.biased else None

    def take(self, lane: int, weight: Tensor) -> None:
        """Fill one lane with a weight as torch.nn holds it."""
        self.weight[lane] = weight

    def __call__(self, inputs: Tensor) -> Tensor:
        """Rows of pixels [lanes, rows, in] to [lanes, rows, out]; all lanes are groups of one convolution."""
        lanes, side = len(inputs), self._side
        images = torch.unflatten(inputs, 1, (-1, side, side)).permute(1, 0, 4, 2, 3)
        bias = None if self.bias is None else self.bias.flatten()
        convolved = F.conv2d(images.flatten(1, 2), self.weight.flatten(0, 1), bias, padding=1, groups=lanes)
        return torch.unflatten(convolved, 1, (lanes, -1)).permute(1, 0, 3, 4, 2).reshape(lanes, -1, self._channels_out)


class Embedding:
    """A vector for every whole number below `count`: weights [lanes, count, units], drawn from N(0, 1) as those of nn.Embedding."""

    weight: Tensor

    def __init__(self, count: int, units: int) -> None:
        self.drawn_shape = (count, units)

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """Weight."""
        return (self.drawn_shape,)

    def bind(self, *parameters: Tensor) -> None:
        """Take the weight."""
        (self.weight,) = parameters

    def __call__(self, tokens: Tensor) -> Tensor:
        """Whole numbers [lanes, ...] to vectors [lanes, ..., units]."""
        lanes, count, _ = self.weight.shape
        first = torch.arange(0, lanes * count, count, device=tokens.device)
        return F.embedding(tokens + first.view(-1, *[1] * (tokens.dim() - 1)), self.weight.flatten(0, 1))


Weighted = Linear | Convolution | Embedding
"""A part with weights to draw."""


class Normalization(ABC):
    """A scale and a shift for every unit, [lanes, 1, units]; subclasses say what is normalized before them."""

    scale: Tensor
    shift: Tensor

    def __init__(self, units: int) -> None:
        self.units = units

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """Scale and shift."""
        return (1, self.units), (1, self.units)

    def bind(self, *parameters: Tensor) -> None:
        """Take scale and shift, and set them to 1 and 0."""
        self.scale, self.shift = parameters
        with torch.no_grad():
            self.scale.fill_(1)
            self.shift.zero_()

    @abstractmethod
    def __call__(self, inputs: Tensor, training: bool) -> Tensor:
        """The inputs normalized."""


class BatchNorm(Normalization):
    """torch.nn.BatchNorm1d on lanes: batch statistics while training, `running` ones (momentum 0.1) for validation."""

    def bind(self, *parameters: Tensor) -> None:
        """Take scale and shift; the running statistics start at mean 0 and variance 1."""
        super().bind(*parameters)
        columns = self.scale.numel()
        self.running = torch.zeros(columns, device=self.scale.device), torch.ones(columns, device=self.scale.device)

    def __call__(self, inputs: Tensor, training: bool) -> Tensor:
        """Every lane's units are columns of one batch norm."""
        lanes, batch, units = inputs.shape
        columns = inputs.transpose(0, 1).reshape(batch, lanes * units)
        normalized = F.batch_norm(columns, *self.running, self.scale.reshape(-1), self.shift.reshape(-1), training, 0.1, 1e-5)
        return normalized.view(batch, lanes, units).transpose(0, 1)


class LayerNorm(Normalization):
    """torch.nn.LayerNorm on lanes."""

    def __call__(self, inputs: Tensor, training: bool) -> Tensor:
        """Every sample by itself, so training or not is the same."""
        return torch.addcmul(self.shift, F.layer_norm(inputs, (self.units,)), self.scale)


class RMSNorm:
    """torch.nn.RMSNorm on lanes: a scale for every unit, [lanes, 1, units], and no shift."""

    scale: Tensor

    def __init__(self, units: int) -> None:
        self.units = units

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """Scale."""
        return ((1, self.units),)

    def bind(self, *parameters: Tensor) -> None:
        """Take the scale, and set it to 1."""
        (self.scale,) = parameters
        with torch.no_grad():
            self.scale.fill_(1)

    def __call__(self, inputs: Tensor, training: bool) -> Tensor:
        """Every sample by itself, so training or not is the same."""
        return F.rms_norm(inputs, (self.units,)) * self.scale


Norm = Normalization | RMSNorm
