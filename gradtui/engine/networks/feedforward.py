"""What an mlp and a cnn share: hidden layers of one width, normalized, activated and linked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from torch import Tensor

from gradtui.catalog.activations import ACTIVATIONS
from gradtui.catalog.normalizations import NORMALIZATIONS
from gradtui.core.experiments.branches import Place
from gradtui.core.experiments.experiment import Section
from gradtui.core.experiments.layers import layer_names
from gradtui.engine.networks import Pass
from gradtui.engine.networks.layers import Linear, Norm, Weighted
from gradtui.engine.networks.storage import Part
from gradtui.engine.target import resolve


class _Layer(NamedTuple):
    transform: Weighted
    normalize: Norm | None
    place: Place


def activation_of(network: Section) -> Callable[[Tensor], Tensor]:
    """The network's activation with its parameters."""
    activation = ACTIVATIONS[network.activation]
    function: Callable[[Tensor], Tensor] = resolve(activation)(
        **{p.name: getattr(network, p.name) for p in activation.parameters}
    ).forward
    return function


class FeedForward:
    """h = phi(normalize(x W + b)) in every hidden layer; residual links add what entered a branch to what leaves it."""

    def __init__(self, network: Section, hidden: Sequence[Weighted], places: Sequence[Place], out: Linear) -> None:
        self.names = layer_names(network)
        self.weighted: Sequence[Weighted] = (*hidden, out)
        normalization = NORMALIZATIONS[network.normalization]
        norms = [resolve(normalization)(network.width) if normalization.target else None for _ in hidden]
        self._layers = [_Layer(*layer) for layer in zip(hidden, norms, places, strict=True)]
        self._out = out
        self._activate = activation_of(network)

    @property
    def parts(self) -> Sequence[Sequence[Part]]:
        """Weights, then normalization, by layer."""
        hidden = [[layer.transform] if layer.normalize is None else [layer.transform, layer.normalize] for layer in self._layers]
        return [*hidden, [self._out]]

    def hidden(self, inputs: Tensor, training: bool) -> Pass:
        """Rows [lanes, rows, units] through the hidden layers."""
        outputs: list[Tensor] = []
        activated: list[Tensor | None] = []
        weighted: list[Tensor] = []
        activate, h = self._activate, inputs
        entered = h
        for transform, normalize, place in self._layers:
            if place.opens:
                entered = h
            z = transform(h)
            weighted.append(z)
            h = z if normalize is None else normalize(z, training)
            if place.activates:
                h = activate(h)
            activated.append(h if place.activates else None)
            if place.closes:
                h = entered.add(h, alpha=place.scale)
            outputs.append(h)
        return Pass(outputs, activated, weighted=weighted)

    def finished(self, passed: Pass, last: Tensor) -> Pass:
        """The pass with the logits of what the last hidden layer gives to the output layer."""
        logits = self._out(last)
        passed.outputs.append(logits)
        passed.weighted.append(logits)
        return passed
