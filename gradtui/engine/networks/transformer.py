"""The transformer: a causal language model over tokens."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import torch
import torch.nn.functional as F
from torch import Tensor

from gradtui.catalog.normalizations import NORMALIZATIONS
from gradtui.core.experiments.experiment import Section
from gradtui.core.experiments.layers import layer_names
from gradtui.engine.networks import Pass
from gradtui.engine.networks.feedforward import activation_of
from gradtui.engine.networks.layers import Embedding, Linear, Weighted
from gradtui.engine.networks.storage import Part
from gradtui.engine.target import resolve


class Attention:
    """Causal self-attention of several heads (Vaswani 2017), as nn.MultiheadAttention holds it: one Linear makes queries, keys
    and values side by side, another one mixes what the heads found.
    """

    def __init__(self, width: int, heads: int) -> None:
        self.heads = heads
        self.weighted = (Linear(width, 3 * width), Linear(width, width))

    def __call__(self, h: Tensor, steps: int) -> Tensor:
        """Rows [lanes, batch * steps, width] to the same; a step sees itself and those before it."""
        project, mix = self.weighted
        heads = project(h).view(-1, steps, 3, self.heads, h.shape[-1] // self.heads).permute(2, 0, 3, 1, 4)
        query, key, value = heads.unbind(0)
        found = F.scaled_dot_product_attention(query, key, value, is_causal=True)
        return mix(found.transpose(1, 2).reshape(h.shape))


class Transformer:
    """Embedded tokens and positions, then blocks of attention and feed-forward, each a residual branch.

    With norms before (pre) a branch is h + f(normalize(h)), and the stream is normalized once more before the output layer; with
    norms after (post) it is normalize(h + f(h)).
    """

    def __init__(self, network: Section, features: int, outputs: int, length: int) -> None:
        width, depth, inner = network.width, network.depth, network.feed_forward * network.width
        self._pre = network.placement == "pre"
        self.names = layer_names(network)
        self._embed = Embedding(features, width)
        self._learned = Embedding(length, width) if network.positions == "learned" else None
        self._fixed = sines(length, width)
        self._attentions = [Attention(width, network.heads) for _ in range(depth)]
        self._forwards = [(Linear(width, inner), Linear(inner, width)) for _ in range(depth)]
        normalization = resolve(NORMALIZATIONS[network.normalization])
        self._norms = [normalization(width) for _ in range(2 * depth + self._pre)]
        self._out = Linear(width, outputs)
        self._activate = activation_of(network)

    @property
    def weighted(self) -> Sequence[Weighted]:
        """Embedding, learned positions, then each block's attention and feed-forward, then the output layer."""
        embedded = [self._embed] if self._learned is None else [self._embed, self._learned]
        pairs = zip(self._attentions, self._forwards, strict=True)
        return [*embedded, *chain.from_iterable((*attend.weighted, *forward) for attend, forward in pairs), self._out]

    @property
    def parts(self) -> Sequence[Sequence[Part]]:
        """Weights, then normalization, by layer; the last normalization of a pre-norm network is the output layer's."""
        embedded: list[Part] = [self._embed] if self._learned is None else [self._embed, self._learned]
        branches = chain.from_iterable(
            (attend.weighted, forward) for attend, forward in zip(self._attentions, self._forwards, strict=True)
        )
        owners = [*branches, *([(self._out,)] if self._pre else [])]
        layers: list[list[Part]] = [[*parts, norm] for parts, norm in zip(owners, self._norms, strict=True)]
        return [embedded, *layers, *([] if self._pre else [[self._out]])]

    def forward(self, inputs: Tensor, training: bool) -> Pass:
        """Tokens [lanes, batch, steps] to logits [lanes, batch, steps, outputs]."""
        lanes, batch, steps = inputs.shape
        h = (self._embed(inputs) + self._positions(inputs)).flatten(1, 2)
        outputs: list[Tensor] = [h]
        activated: list[Tensor | None] = [None]
        norms = iter(self._norms)
        for attend, (widen, narrow) in zip(self._attentions, self._forwards, strict=True):
            norm = next(norms)
            h = h + attend(norm(h, training), steps) if self._pre else norm(h + attend(h, steps), training)
            outputs.append(h)
            norm = next(norms)
            phi = self._activate(widen(norm(h, training) if self._pre else h))
            h = h + narrow(phi) if self._pre else norm(h + narrow(phi), training)
            outputs.append(h)
            activated += [None, phi]
        last = next(norms)(h, training) if self._pre else h
        return Pass([*outputs, self._out(last).view(lanes, batch, steps, -1)], activated)

    def _positions(self, tokens: Tensor) -> Tensor:
        """[lanes or 1, 1, steps, width]"""
        if self._learned is not None:
            return self._learned.weight[:, None, : tokens.shape[2]]
        self._fixed = self._fixed.to(tokens.device)
        return self._fixed[: tokens.shape[2]]


def sines(length: int, width: int) -> Tensor:
    """Fixed positions [length, width]: sines and cosines of wavelengths from 2 pi to 10000 x 2 pi (Vaswani 2017)."""
    rates = 10_000.0 ** (-torch.arange(0, width, 2) / width)
    angles = torch.arange(length)[:, None] * rates
    return torch.stack([angles.sin(), angles.cos()], dim=2).flatten(1)[:, :width]
