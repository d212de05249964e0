"""The two things that benchmarks of speed compare: a turn of the engine, and a turn of the loop that everybody writes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle, pairwise
from typing import Any

import torch
from torch import Tensor, nn

from gradtui.core.experiments.cost import stride
from gradtui.core.experiments.experiment import Experiment
from gradtui.core.experiments.part import Part
from gradtui.engine.data.samples import Batches, load
from gradtui.engine.training.trainer import train

Turn = Callable[[], float]
"""Makes some steps and returns seconds a step."""


def compare(turns: Sequence[Turn], rounds: int) -> tuple[list[float], list[float]]:
    """Let turns alternate; median seconds a step of each, and for all but the first its median ratio to the first of the round."""
    for turn in turns:
        turn()
    times = [[turn() for turn in turns] for _ in range(rounds)]
    medians = [statistics.median(column) for column in zip(*times, strict=True)]
    return medians, [statistics.median(row[at] / row[0] for row in times) for at in range(1, len(turns))]


def engine(chosen: Experiment, steps: int, lanes: int = 1) -> Turn:
    """So many steps of the engine, with its probes at their default sampling, each of all lanes."""
    frames = train([chosen] * lanes)
    for _ in range(10 * lanes):  # the opening, where every step is sampled
        next(frames)

    def turn() -> float:
        began = time.perf_counter()
        for _ in range(steps // stride(chosen) * lanes):
            next(frames)
        return (time.perf_counter() - began) / steps

    return turn


def plain(chosen: Experiment, steps: int, loops: int = 1, **options: Any) -> Turn:
    """So many steps of a plain loop on batches made beforehand, or of several loops one after the other. `options` are those of the
    optimizer.
    """
    batches = _batches(chosen, steps)
    criterion = nn.MSELoss() if chosen.task.loss == "mse" else nn.CrossEntropyLoss()
    models = [_model(chosen) for _ in range(loops)]
    trained = [(model, _optimizer(chosen, model, options)) for model in models]

    def turn() -> float:
        began = time.perf_counter()
        for model, optimizer in trained:
            for _ in range(steps):
                inputs, targets = next(batches)
                optimizer.zero_grad(set_to_none=True)
                loss = criterion(model(inputs), targets)
                loss.backward()
                optimizer.step()
        return (time.perf_counter() - began) / steps

    return turn


def _batches(chosen: Experiment, count: int) -> Iterator[tuple[Tensor, Tensor]]:
    training, *_ = load([chosen], [Part()], torch.device("cpu"))
    order = Batches(training, [chosen])
    return cycle([(inputs[0], targets[0]) for inputs, targets in (next(order) for _ in range(count))])


def _optimizer(chosen: Experiment, model: nn.Module, options: dict[str, Any]) -> torch.optim.Optimizer:
    rate = chosen.optimizer.learning_rate
    if chosen.optimizer.name == "momentum":
        return torch.optim.SGD(model.parameters(), lr=0.1 * rate, momentum=0.9, **options)
    return torch.optim.Adam(model.parameters(), lr=rate, **options)


def _model(chosen: Experiment) -> nn.Module:
    inputs, targets = next(_batches(chosen, 1))
    outputs = 1 if chosen.task.loss == "mse" else int(targets.max()) + 1
    network = chosen.network
    match network.family:
        case "mlp":
            return _MLP([inputs.shape[-1], *[network.width] * network.depth], outputs)
        case "cnn":
            return _CNN(network.depth, network.width, outputs)
        case "transformer":
            vocabulary = int(inputs.max()) + 1
            return _Transformer(network.depth, network.width, network.heads, network.feed_forward, vocabulary, inputs.shape[-1])
        case family:
            return _Recurrent({"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[family], inputs.shape[-1], network.width, outputs)


class _MLP(nn.Sequential):
    def __init__(self, widths: list[int], outputs: int) -> None:
        hidden = [nn.Linear(*sizes) for sizes in pairwise(widths)]
        for linear in hidden:
            nn.init.kaiming_normal_(linear.weight)
        layers = [layer for linear in hidden for layer in (linear, nn.ReLU())]
        super().__init__(*layers, nn.Linear(widths[-1], outputs))


class _CNN(nn.Sequential):
    def __init__(self, depth: int, width: int, outputs: int) -> None:
        convolutions = [nn.Conv2d(width if at else 1, width, 3, padding=1) for at in range(depth)]
        layers = [layer for convolution in convolutions for layer in (convolution, nn.ReLU())]
        super().__init__(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, outputs))


class _Recurrent(nn.Module):
    def __init__(self, kind: Callable[..., nn.Module], features: int, width: int, outputs: int) -> None:
        super().__init__()
        self.recurrent, self.out = kind(features, width, batch_first=True), nn.Linear(width, outputs)

    def forward(self, inputs: Tensor) -> Tensor:
        logits: Tensor = self.out(self.recurrent(inputs)[0][:, -1])
        return logits


class _Transformer(nn.Module):
    def __init__(self, depth: int, width: int, heads: int, wider: int, vocabulary: int, length: int) -> None:
        super().__init__()
        self.embed, self.positions = nn.Embedding(vocabulary, width), nn.Embedding(length, width)
        layer = nn.TransformerEncoderLayer(width, heads, wider * width, 0.0, batch_first=True, norm_first=True)
        self.blocks = nn.TransformerEncoder(layer, depth, nn.LayerNorm(width), enable_nested_tensor=False)
        self.out = nn.Linear(width, vocabulary)
        self.register_buffer("mask", nn.Transformer.generate_square_subsequent_mask(length))

    def forward(self, tokens: Tensor) -> Tensor:
        h = self.embed(tokens) + self.positions.weight
        logits: Tensor = self.out(self.blocks(h, mask=self.mask, is_causal=True))
        return logits.transpose(1, 2)
