"""The parts of a layer, each with a leading lane axis: samples are [lanes, batch, units]."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from gradtui.engine.storage import Shape


class Linear:
    """Weights [lanes, in, out] and biases [lanes, 1, out]."""

    weight: Tensor
    bias: Tensor

    def __init__(self, fan_in: int, fan_out: int) -> None:
        self.fan_in, self.fan_out = fan_in, fan_out

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """Weight and bias."""
        return (self.fan_in, self.fan_out), (1, self.fan_out)

    def bind(self, *parameters: Tensor) -> None:
        """Take weight and bias."""
        self.weight, self.bias = parameters

    def __call__(self, inputs: Tensor) -> Tensor:
        """Inputs [lanes, batch, in] to [lanes, batch, out]."""
        return torch.baddbmm(self.bias, inputs, self.weight)


class Normalization:
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

    def __call__(self, inputs: Tensor, training: bool) -> Tensor:
        """The inputs normalized."""
        raise NotImplementedError


class BatchNorm(Normalization):
    """torch.nn.BatchNorm1d on lanes: batch statistics while training, running ones (momentum 0.1) for validation."""

    def bind(self, *parameters: Tensor) -> None:
        """Take scale and shift; the running statistics start at mean 0 and variance 1."""
        super().bind(*parameters)
        columns = self.scale.numel()
        self._mean = torch.zeros(columns, device=self.scale.device)
        self._variance = torch.ones(columns, device=self.scale.device)

    def __call__(self, inputs: Tensor, training: bool) -> Tensor:
        """Every lane's units are columns of one batch norm."""
        lanes, batch, units = inputs.shape
        columns = inputs.transpose(0, 1).reshape(batch, lanes * units)
        normalized = F.batch_norm(
            columns, self._mean, self._variance, self.scale.reshape(-1), self.shift.reshape(-1), training, 0.1, 1e-5
        )
        return normalized.view(batch, lanes, units).transpose(0, 1)


class LayerNorm(Normalization):
    """torch.nn.LayerNorm on lanes."""

    def __call__(self, inputs: Tensor, training: bool) -> Tensor:
        """Every sample by itself, so training or not is the same."""
        return torch.addcmul(self.shift, F.layer_norm(inputs, (self.units,)), self.scale)
