"""Recurrent networks with every probe at its default sampling, against a plain loop over nn.RNN, nn.GRU and nn.LSTM.

Run `python benchmarks/recurrent.py [ROUNDS]`. Networks of 64 units on the adding problem of 50 time steps, batch 64, Adam as one
writes it, taking turns of twenty steps in one process and on one thread; a line gives medians over the turns, of milliseconds a
step and of (plain time / engine time): above 1.0 the engine is faster. Eight lanes are compared with eight plain loops one after
the other.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from itertools import cycle
from typing import Any

import torch
from torch import nn

from gradtui.core.cost import stride
from gradtui.core.experiment import Experiment, experiment
from gradtui.engine.data import epochs, load
from gradtui.engine.trainer import train

STEPS = 20
KINDS: dict[str, Callable[..., nn.Module]] = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    torch.set_num_threads(1)
    print(f"PyTorch {torch.__version__}, {rounds} rounds of {STEPS} steps; milliseconds a step, and plain / engine")
    print(f"{'':8}{'lanes':>6}{'engine':>10}{'plain':>10}{'ratio':>8}")
    for family, lanes in (*((family, 1) for family in KINDS), ("rnn", 8)):
        compare(family, lanes, rounds)


def compare(family: str, lanes: int, rounds: int) -> None:
    """Print one line of the table."""
    tables: dict[str, dict[str, Any]] = {
        "network": {"family": family, "width": 64},
        "task": {"name": "adding", "length": 50, "samples": 2560},
        "optimizer": {"name": "adam", "learning_rate": 1e-4},
        "run": {"steps": STEPS * (rounds + 2), "device": "cpu"},
    }
    chosen = experiment(tables)
    turns = engine(chosen, lanes), plain(chosen, lanes)
    for turn in turns:
        turn()
    times = [[turn() for turn in turns] for _ in range(rounds)]
    medians = "".join(f"{1e3 * statistics.median(column):10.2f}" for column in zip(*times, strict=True))
    print(f"{family:8}{lanes:6}{medians}{statistics.median(theirs / ours for ours, theirs in times):8.2f}", flush=True)


def engine(chosen: Experiment, lanes: int) -> Callable[[], float]:
    """A turn of the engine: as many frames as the steps make. Returns seconds a step."""
    frames = train([chosen] * lanes)
    for _ in range(10 * lanes):  # the opening, where every step is sampled
        next(frames)

    def turn() -> float:
        began = time.perf_counter()
        for _ in range(STEPS // stride(chosen) * lanes):
            next(frames)
        return (time.perf_counter() - began) / STEPS

    return turn


def plain(chosen: Experiment, loops: int) -> Callable[[], float]:
    """A turn of as many loops that everybody writes, on batches made beforehand. Returns seconds a step of all."""
    training, _ = load([chosen], torch.device("cpu"))
    order = epochs(training, [chosen])
    batches = cycle([(inputs[0], targets[0]) for inputs, targets in (next(order) for _ in range(STEPS))])
    width, rate = chosen.network.width, chosen.optimizer.learning_rate
    criterion, models = nn.MSELoss(), []
    for _ in range(loops):
        recurrent, out = KINDS[chosen.network.family](training.inputs.shape[3], width, batch_first=True), nn.Linear(width, 1)
        models.append((recurrent, out, torch.optim.Adam([*recurrent.parameters(), *out.parameters()], lr=rate)))

    def turn() -> float:
        began = time.perf_counter()
        for recurrent, out, optimizer in models:
            for _ in range(STEPS):
                inputs, targets = next(batches)
                optimizer.zero_grad(set_to_none=True)
                loss = criterion(out(recurrent(inputs)[0][:, -1]), targets)
                loss.backward()
                optimizer.step()
        return (time.perf_counter() - began) / STEPS

    return turn


if __name__ == "__main__":
    main()
