"""The engine with every probe at its default sampling, against a plain PyTorch loop without instruments.

Run `python benchmarks/engine.py [ROUNDS]` (at most 90). Both train networks of the same shape, with He's initialization, on the
same batches in one process and on one thread, taking turns of a hundred steps; a line gives medians over the turns, of microseconds
a step and of (plain time / engine time): above 1.0 the engine is faster. "default" is torch.optim as one writes it, "fused" the
same with fused=True. The default for SGD on the CPU is a Python loop over tensors: there is no foreach form to compare with.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from itertools import cycle, pairwise
from typing import Any

import torch

from gradtui.core.cost import stride
from gradtui.core.experiment import Experiment, experiment
from gradtui.engine.data import epochs, load
from gradtui.engine.trainer import train

STEPS = 100
NETWORKS: dict[str, dict[str, dict[str, Any]]] = {
    "10-10-1, batch 1": {"network": {"depth": 1, "width": 10}, "task": {"name": "uniform"}, "run": {"batch_size": 1}},
    "20x32, batch 64": {"network": {"depth": 20, "width": 32}, "task": {"name": "spirals"}, "run": {"batch_size": 64}},
    "50x64, batch 64": {"network": {"depth": 50, "width": 64}, "task": {"name": "spirals"}, "run": {"batch_size": 64}},
}
HE = {"initialization": "he-normal"}


def main() -> None:
    rounds = min(int(sys.argv[1]), 90) if len(sys.argv) > 1 else 30
    print(f"PyTorch {torch.__version__}, {rounds} rounds of {STEPS} steps; microseconds a step, and plain / engine")
    print(f"{'':18}{'optimizer':12}{'engine':>10}{'default':>10}{'fused':>10}{'default':>12}{'fused':>8}")
    for title, tables in NETWORKS.items():
        for optimizer in ("adam", "momentum"):
            chosen = {"network": {**tables["network"], **HE}, "optimizer": {"name": optimizer, "learning_rate": 1e-4}}
            compare(title, {**tables, **chosen}, rounds)


def compare(title: str, tables: dict[str, dict[str, Any]], rounds: int) -> None:
    """Print one line of the table."""
    chosen = experiment({**tables, "run": {**tables["run"], "steps": STEPS * (rounds + 2)}})
    torch.set_num_threads(1)
    turns: dict[str, Callable[[], float]] = {
        "engine": engine(chosen),
        "default": plain(chosen, {}),
        "fused": plain(chosen, {"fused": True}),
    }
    for turn in turns.values():
        turn()
    times = [{name: turn() for name, turn in turns.items()} for _ in range(rounds)]
    medians = [1e6 * statistics.median(time[name] for time in times) for name in turns]
    ratios = [statistics.median(time[name] / time["engine"] for time in times) for name in ("default", "fused")]
    shown = "".join(f"{median:10.0f}" for median in medians) + f"{ratios[0]:12.2f}{ratios[1]:8.2f}"
    print(f"{title:18}{chosen.optimizer.name:12}{shown}", flush=True)


def engine(chosen: Experiment) -> Callable[[], float]:
    """A turn of the engine: as many frames as the steps make. Returns seconds a step."""
    frames = train([chosen])
    for _ in range(10):  # the opening, where every step is sampled
        next(frames)

    def turn() -> float:
        began = time.perf_counter()
        for _ in range(STEPS // stride(chosen)):
            next(frames)
        return (time.perf_counter() - began) / STEPS

    return turn


def plain(chosen: Experiment, options: dict[str, Any]) -> Callable[[], float]:
    """A turn of the loop that everybody writes, on batches made beforehand. Returns seconds a step."""
    network, momentum = chosen.network, chosen.optimizer.name == "momentum"
    training, _ = load([chosen], torch.device("cpu"))
    order = epochs(training, [chosen])
    batches = cycle([(inputs[0], targets[0]) for inputs, targets in (next(order) for _ in range(STEPS))])
    outputs = 1 if chosen.task.name == "uniform" else 3
    widths = [training.inputs.shape[2], *[network.width] * network.depth]
    hidden = [torch.nn.Linear(*sizes) for sizes in pairwise(widths)]
    for linear in hidden:
        torch.nn.init.kaiming_normal_(linear.weight)
    layers = [layer for linear in hidden for layer in (linear, torch.nn.ReLU())]
    model = torch.nn.Sequential(*layers, torch.nn.Linear(widths[-1], outputs))
    criterion = torch.nn.MSELoss() if outputs == 1 else torch.nn.CrossEntropyLoss()
    rate = chosen.optimizer.learning_rate
    optimizer: torch.optim.Optimizer = (
        torch.optim.SGD(model.parameters(), lr=0.1 * rate, momentum=0.9, **options)
        if momentum
        else torch.optim.Adam(model.parameters(), lr=rate, **options)
    )

    def turn() -> float:
        began = time.perf_counter()
        for _ in range(STEPS):
            inputs, targets = next(batches)
            optimizer.zero_grad(set_to_none=True)
            loss = criterion(model(inputs), targets)
            loss.backward()
            optimizer.step()
        return (time.perf_counter() - began) / STEPS

    return turn


if __name__ == "__main__":
    main()
