"""Families as torch.nn writes them, with the weights of one lane: the oracle for forward passes and gradients."""

import torch
from torch import nn

from gradtui.core.experiments.cost import cost
from gradtui.engine.networks import layers
from gradtui.engine.training.trainer import prepare
from tests.engine import plain


def tensors(part, lane, read=lambda parameter: parameter):
    """A part's parameters in one lane, by the names of its torch.nn module, in that module's shapes."""
    if isinstance(part, layers.Linear):
        biases = {} if part.bias is None else {"bias": read(part.bias)[lane, 0]}
        return {"weight": read(part.weight)[lane].T, **biases}
    if isinstance(part, layers.Convolution):
        biases = {} if part.bias is None else {"bias": read(part.bias)[lane]}
        return {"weight": read(part.weight)[lane], **biases}
    if isinstance(part, layers.Embedding):
        return {"weight": read(part.weight)[lane]}
    if isinstance(part, layers.RMSNorm):
        return {"weight": read(part.scale)[lane, 0]}
    return {"weight": read(part.scale)[lane, 0], "bias": read(part.shift)[lane, 0]}


@torch.no_grad()
def fill(model, stack, lane):
    """Give a model, whose `parts` are modules in the order of the network's parts, the weights of a lane."""
    owned = [part for parts in stack.network.parts for part in parts]
    for module, part in zip(model.parts(), owned, strict=True):
        parameters = dict(module.named_parameters())
        mine = tensors(part, lane)
        assert parameters.keys() == mine.keys()
        for name, parameter in parameters.items():
            parameter.copy_(mine[name])


def check(experiments, build):
    """Forward pass, gradients and cost of every lane against a model that `build` makes of its experiment."""
    stack = prepare(experiments).stack
    batch = next(stack.batches())
    step = stack.differentiate(batch, sampled=True)
    owned = [part for parts in stack.network.parts for part in parts]
    landed = {id(leaf): gradient for leaf, gradient in zip(stack.storage.leaves, stack.storage.landed, strict=True)}
    for lane, made in enumerate(experiments):
        model = build(made)
        fill(model, stack, lane)
        assert sum(parameter.numel() for parameter in model.parameters()) == cost(made).weights == stack.storage.weights.shape[1]
        logits = model(batch[0][lane])
        torch.testing.assert_close(step.passed.outputs[-1][lane], logits, rtol=1e-4, atol=1e-5)
        loss = plain.criterion(made)(logits.flatten(0, -2), batch[1][lane].flatten(0, logits.dim() - 2))
        loss.backward()
        assert abs(step.losses[lane] - loss.item()) < 1e-5
        for module, part in zip(model.parts(), owned, strict=True):
            for name, gradient in tensors(part, lane, lambda leaf: landed[id(leaf)]).items():
                torch.testing.assert_close(gradient, getattr(module, name).grad, rtol=1e-3, atol=1e-6)
    return stack


class OverChannels(nn.Module):
    """A normalization of the last axis, of images with channels first."""

    def __init__(self, norm):
        super().__init__()
        self.norm = norm

    def forward(self, images):
        return self.norm(images.movedim(1, -1)).movedim(-1, 1)


def image_norm(name, width):
    if name == "none":
        return nn.Identity()
    return nn.BatchNorm2d(width) if name == "batch" else OverChannels(nn.LayerNorm(width) if name == "layer" else nn.RMSNorm(width))


class PlainCNN(nn.Module):
    def __init__(self, made):
        super().__init__()
        network = made.network
        width = network.width
        self.convolutions = nn.ModuleList(
            nn.Conv2d(width if at else 1, width, 3, padding=1, bias=network.normalization != "batch") for at in range(network.depth)
        )
        self.norms = nn.ModuleList(image_norm(network.normalization, width) for _ in self.convolutions)
        self.last = nn.Linear(width, 10)
        self.phi = plain.ACTIVATIONS[network.activation]
        self.blocks = plain.blocks(network, width == 1)
        branches = sum(kind == "branch" for kind, _ in self.blocks)
        self.scale = branches**-0.5 if branches and network.residual_scale else 1

    def parts(self):
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            yield convolution
            if not isinstance(norm, nn.Identity):
                yield norm.norm if isinstance(norm, OverChannels) else norm
        yield self.last

    def forward(self, h):
        layers = iter(zip(self.convolutions, self.norms, strict=True))
        self.outputs, self.activated = [], []
        for kind, count in self.blocks:
            entered = h
            for left in reversed(range(count)):
                convolution, norm = next(layers)
                a = norm(convolution(h))
                if count == 1 or left:
                    a = self.phi(a)
                    self.activated.append(a)
                h = entered + self.scale * a if kind == "branch" and left == 0 else a
                self.outputs.append(h)
        return self.last(h.mean((2, 3)))


class PlainTransformer(nn.Module):
    def __init__(self, made, vocabulary, positions=None):
        super().__init__()
        network, length = made.network, made.task.length
        width, inner = network.width, network.feed_forward * network.width
        self.pre, self.fixed = network.placement == "pre", positions
        norm = {"layer": nn.LayerNorm, "rms": nn.RMSNorm}[network.normalization]
        self.embed = nn.Embedding(vocabulary, width)
        self.positions = nn.Embedding(length, width) if positions is None else None
        self.attentions = nn.ModuleList(nn.MultiheadAttention(width, network.heads, batch_first=True) for _ in range(network.depth))
        self.attention_norms = nn.ModuleList(norm(width) for _ in self.attentions)
        self.wide = nn.ModuleList(nn.Linear(width, inner) for _ in self.attentions)
        self.narrow = nn.ModuleList(nn.Linear(inner, width) for _ in self.attentions)
        self.forward_norms = nn.ModuleList(norm(width) for _ in self.attentions)
        self.last_norm = norm(width) if self.pre else None
        self.last = nn.Linear(width, vocabulary)
        self.phi = plain.ACTIVATIONS[network.activation]

    def parts(self):
        yield self.embed
        if self.positions is not None:
            yield self.positions
        blocks = zip(self.attentions, self.attention_norms, self.wide, self.narrow, self.forward_norms, strict=True)
        for attention, attention_norm, wide, narrow, forward_norm in blocks:
            yield In(attention)
            yield attention.out_proj
            yield attention_norm
            yield wide
            yield narrow
            yield forward_norm
        yield self.last
        if self.last_norm is not None:
            yield self.last_norm

    def forward(self, tokens):
        steps = tokens.shape[1]
        mask = torch.triu(torch.ones(steps, steps, dtype=torch.bool), 1)
        h = self.embed(tokens) + (self.fixed[:steps] if self.positions is None else self.positions.weight[:steps])
        self.outputs, self.activated = [h], []

        def branch(h, norm, function):
            return h + function(norm(h)) if self.pre else norm(h + function(h))

        blocks = zip(self.attentions, self.attention_norms, self.wide, self.narrow, self.forward_norms, strict=True)
        for attention, attention_norm, wide, narrow, forward_norm in blocks:

            def attend(x, attention=attention):
                return attention(x, x, x, attn_mask=mask, need_weights=False)[0]

            def transform(x, wide=wide, narrow=narrow):
                self.activated.append(self.phi(wide(x)))
                return narrow(self.activated[-1])

            h = branch(h, attention_norm, attend)
            self.outputs.append(h)
            h = branch(h, forward_norm, transform)
            self.outputs.append(h)
        return self.last(h if self.last_norm is None else self.last_norm(h))


class In(nn.Module):
    """An attention's projection to queries, keys and values, under the names of a Linear."""

    def __init__(self, attention):
        super().__init__()
        self.weight, self.bias = attention.in_proj_weight, attention.in_proj_bias
