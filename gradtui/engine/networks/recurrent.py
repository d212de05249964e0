"""Recurrent networks: layers whose hidden state comes back one time step later, then a linear output layer.

What the inputs contribute is computed for all time steps at once; the rest is a loop over time, in which the operations of all
lanes are one. Its hidden states are tensors of their own, so that the loss can be differentiated by each: dL/dh_t along all paths.
On a CPU the loop is faster than nn.RNN and nn.GRU. It is not as fast as nn.LSTM: one lane of LSTMs uses PyTorch's fused operation
there, and goes through the loop once more for a sampled step, whose hidden states the fused one hides.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import partial
from itertools import accumulate

import torch
from torch import Tensor

from gradtui.catalog.activations import ACTIVATIONS
from gradtui.core.experiments.experiment import Section
from gradtui.core.experiments.layers import layer_names
from gradtui.engine.networks import Pass
from gradtui.engine.networks.gates import Gates
from gradtui.engine.networks.layers import Linear
from gradtui.engine.networks.storage import Part
from gradtui.engine.target import resolve


class Layer(ABC):
    """One recurrent layer; subclasses say what happens between two time steps. Sequences are [lanes, time, batch, units]."""

    gates = 1
    forget: int | None = None

    def __init__(self, fan_in: int, units: int) -> None:
        self.units = units
        self.inputs = Gates(fan_in, units, self.gates, recurrent=False, forget=self.forget)
        self.recurrent = Gates(units, units, self.gates, recurrent=True, forget=self.forget)

    def __call__(self, sequence: Tensor) -> list[Tensor]:
        """The hidden state of every time step, [lanes, batch, units] each; before the first it is zero."""
        lanes, time, batch, _ = sequence.shape
        contributed = torch.baddbmm(self.bias, sequence.flatten(1, 2), self.inputs.weight).view(lanes, time, batch, -1)
        return self.states(contributed.unbind(1), sequence.new_zeros(lanes, batch, self.units))

    @property
    def bias(self) -> Tensor:
        """What is added to every time step's contribution."""
        return self.inputs.bias + self.recurrent.bias

    @abstractmethod
    def states(self, contributed: Sequence[Tensor], zero: Tensor) -> list[Tensor]:
        """Hidden states from what the inputs contribute to a time step, [lanes, batch, gates * units] each."""


class Elman(Layer):
    """h_t = phi(x_t W + h_(t-1) U + b), as nn.RNN."""

    def __init__(self, fan_in: int, units: int, activate: Callable[[Tensor], Tensor]) -> None:
        super().__init__(fan_in, units)
        self._activate = activate

    def states(self, contributed: Sequence[Tensor], zero: Tensor) -> list[Tensor]:
        """One product and one activation a time step."""
        activate, weight = self._activate, self.recurrent.weight
        return list(accumulate(contributed, lambda h, x: activate(torch.baddbmm(x, h, weight)), initial=zero))[1:]


class GRU(Layer):
    """Gates r, z and n side by side, as nn.GRU: n = tanh(x_n + r (h U_n + b_n)), h_t = n + z (h_(t-1) - n)."""

    gates = 3

    @property
    def bias(self) -> Tensor:
        """The inputs' own: the other one stands inside the reset gate."""
        return self.inputs.bias

    def states(self, contributed: Sequence[Tensor], zero: Tensor) -> list[Tensor]:
        """Reset and update gate are computed as one."""
        return list(accumulate(contributed, self._next, initial=zero))[1:]

    def _next(self, h: Tensor, x: Tensor) -> Tensor:
        sizes = [2 * self.units, self.units]
        given, new = torch.split(x, sizes, -1)
        kept, candidate = torch.split(torch.baddbmm(self.recurrent.bias, h, self.recurrent.weight), sizes, -1)
        reset, update = torch.split((given + kept).sigmoid(), self.units, -1)
        return torch.lerp(torch.addcmul(new, reset, candidate).tanh(), h, update)


class LSTM(Layer):
    """Gates i, f, g and o side by side, as nn.LSTM: c_t = f c_(t-1) + i g, h_t = o tanh(c_t)."""

    gates = 4
    forget = 1

    def states(self, contributed: Sequence[Tensor], zero: Tensor) -> list[Tensor]:
        """The cell stays inside."""
        units, weight = self.units, self.recurrent.weight
        h, c, states = zero, zero, []
        for x in contributed:
            i, f, g, o = torch.split(torch.baddbmm(x, h, weight), units, -1)
            c = torch.addcmul(f.sigmoid() * c, i.sigmoid(), g.tanh())
            h = o.sigmoid() * c.tanh()
            states.append(h)
        return states

    def fused(self, sequence: Tensor, training: bool) -> Tensor:
        """The same for one lane as one operation."""
        zero = sequence.new_zeros(1, sequence.shape[2], self.units)
        weights = [weight[0].T for weight in (self.inputs.weight, self.recurrent.weight)]
        biases = [bias.flatten() for bias in (self.inputs.bias, self.recurrent.bias)]
        made: Tensor = torch.lstm(sequence[0], (zero, zero), [*weights, *biases], True, 1, 0.0, training, False, False)[0]
        return made.unsqueeze(0)


class Recurrent:
    """Layers of one kind over one another. The last layer's last hidden state goes to the output layer, or every one of them if
    the task wants an answer at every time step.
    """

    def __init__(self, layer: Callable[[int, int], Layer], network: Section, features: int, outputs: int, per_step: bool) -> None:
        width, depth = network.width, network.depth
        self.names = layer_names(network)
        self._layers = [layer(fan_in, width) for fan_in in (features, *[width] * (depth - 1))]
        self._out = Linear(width, outputs)
        self._per_step = per_step

    @property
    def weighted(self) -> Sequence[Linear]:
        """Weights of the inputs, then recurrent ones, by layer; the output layer's."""
        return [*(weights for layer in self._layers for weights in (layer.inputs, layer.recurrent)), self._out]

    @property
    def parts(self) -> Sequence[Sequence[Part]]:
        """The same by layer."""
        return [*([layer.inputs, layer.recurrent] for layer in self._layers), [self._out]]

    def forward(self, inputs: Tensor, training: bool) -> Pass:
        """Inputs [lanes, batch, time, features] to logits [lanes, batch, outputs], or [lanes, batch, time, outputs]."""
        sequence = inputs.transpose(1, 2)
        layers = [layer for layer in self._layers if isinstance(layer, LSTM)]
        if layers and len(inputs) == 1 and inputs.device.type == "cpu":
            return self._fused(layers, sequence, training)
        return self._unrolled(sequence)

    def _unrolled(self, sequence: Tensor) -> Pass:
        states, outputs = [], []
        for layer in self._layers:
            states.append(layer(sequence))
            wanted = self._per_step or layer is not self._layers[-1]
            with torch.set_grad_enabled(wanted and torch.is_grad_enabled()):
                sequence = torch.stack(states[-1], 1)
            outputs.append(sequence.flatten(1, 2))
        logits = self._logits(sequence, states[-1][-1])
        return Pass([*outputs, logits], outputs, states)

    def _fused(self, layers: Sequence[LSTM], sequence: Tensor, training: bool) -> Pass:
        outputs, inputs = [], sequence
        for layer in layers:
            sequence = layer.fused(sequence, training)
            outputs.append(sequence.flatten(1, 2))
        return Pass([*outputs, self._logits(sequence, sequence[:, -1])], outputs, unrolled=partial(self._unrolled, inputs))

    def _logits(self, sequence: Tensor, last: Tensor) -> Tensor:
        if not self._per_step:
            return self._out(last)
        return self._out(sequence.flatten(1, 2)).view(*sequence.shape[:3], -1).transpose(1, 2)


def rnn(network: Section, features: int, outputs: int, per_step: bool) -> Recurrent:
    """A network of Elman's layers with the experiment's activation."""
    activation = ACTIVATIONS[network.activation]
    arguments = {parameter.name: getattr(network, parameter.name) for parameter in activation.parameters}
    return Recurrent(partial(Elman, activate=resolve(activation)(**arguments).forward), network, features, outputs, per_step)


def gru(network: Section, features: int, outputs: int, per_step: bool) -> Recurrent:
    """A network of gated recurrent units."""
    return Recurrent(GRU, network, features, outputs, per_step)


def lstm(network: Section, features: int, outputs: int, per_step: bool) -> Recurrent:
    """A network of long short-term memories."""
    return Recurrent(LSTM, network, features, outputs, per_step)
