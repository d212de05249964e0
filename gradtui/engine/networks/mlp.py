"""The multilayer perceptron: hidden layers of one width, then a linear output layer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from torch import Tensor

from gradtui.catalog.activations import ACTIVATIONS
from gradtui.core.experiment import Section
from gradtui.engine.layers import BatchNorm, LayerNorm, Linear, Normalization
from gradtui.engine.networks import Pass
from gradtui.engine.storage import Part
from gradtui.engine.target import resolve

_NORMALIZATIONS: dict[str, Callable[[int], Normalization | None]] = {
    "none": lambda units: None,
    "batch": BatchNorm,
    "layer": LayerNorm,
}


class MLP:
    """h = phi(normalize(x W + b)), plus x where the layer is residual and both are equally wide."""

    def __init__(self, network: Section, features: int, outputs: int) -> None:
        width, depth = network.width, network.depth
        widths = [features, *[width] * depth, outputs]
        self.names = (*(str(layer + 1) for layer in range(depth)), "out")
        self.linears = [Linear(fan_in, fan_out) for fan_in, fan_out in pairwise(widths)]
        self._normalizations = [_NORMALIZATIONS[network.normalization](width) for _ in range(depth)]
        self._residuals = [network.residual and fan_in == width for fan_in in widths[:depth]]
        activation = ACTIVATIONS[network.activation]
        arguments = {parameter.name: getattr(network, parameter.name) for parameter in activation.parameters}
        self._activate: Callable[[Tensor], Tensor] = resolve(activation)(**arguments).forward

    @property
    def parts(self) -> Sequence[Sequence[Part]]:
        """Linear, then normalization, by layer."""
        return [
            [linear] if normalization is None else [linear, normalization]
            for linear, normalization in zip(self.linears, [*self._normalizations, None], strict=True)
        ]

    def forward(self, inputs: Tensor, training: bool) -> Pass:
        """Inputs [lanes, batch, features] through all layers."""
        outputs, activated = [], []
        activate, h = self._activate, inputs
        for linear, normalize, residual in zip(self.linears, self._normalizations, self._residuals, strict=False):
            z = linear(h)
            phi = activate(z if normalize is None else normalize(z, training))
            h = h + phi if residual else phi
            outputs.append(h)
            activated.append(phi)
        outputs.append(self.linears[-1](h))
        return Pass(outputs, activated)
