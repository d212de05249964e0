"""Every family beside two processes that keep two cores busy, and with the machine to itself, against the same on one thread.

Run `python -m benchmarks.busy [ROUNDS]`. Both train with Adam and every probe at its default sampling, taking turns in one process;
a line gives medians over the turns, of milliseconds a step on one thread and of (time on the threads that the engine finds / time
on one): below 1.0 the engine's choice is faster.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import torch

from benchmarks.engine import NETWORKS
from benchmarks.families import ADDING, FAMILIES, STEPS
from benchmarks.loops import Turn, compare, engine
from gradtui.core.experiments.experiment import Experiment, experiment
from gradtui.engine.training import threads

BUSY = 2
DIGITS = {"name": "digits"}
MORE: dict[str, dict[str, dict[str, Any]]] = {
    "irnn, 10x64, 50 steps": {"network": {"family": "irnn", "depth": 10, "width": 64}, "task": ADDING},
    "cnn, 13x16, digits": {"network": {"family": "cnn", "depth": 13, "width": 16}, "task": DIGITS},
    "4x512, batch 256": {"network": {"depth": 4, "width": 512}, "task": DIGITS, "run": {"batch_size": 256}},
    "4x512, batch norm": {"network": {"depth": 4, "width": 512, "normalization": "batch"}, "task": DIGITS},
}


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    print(
        f"PyTorch {torch.__version__}, {rounds} rounds of {STEPS} steps on {threads.ALL} threads or one; milliseconds a step on one"
    )
    print(f"{'':26}{'alone':>10}{'ratio':>8}{f'{BUSY} busy':>10}{'ratio':>8}")
    for title, tables in {**NETWORKS, **FAMILIES, **MORE}.items():
        run = {"batch_size": 64, **tables.get("run", {}), "steps": STEPS * (rounds + 2), "device": "cpu"}
        chosen = experiment({**tables, "optimizer": {"name": "adam", "learning_rate": 1e-4}, "run": run})
        print(f"{title:26}", end="", flush=True)
        for busy in (0, BUSY):
            with _busy(busy):
                medians, (ratio,) = compare([_on_one(chosen), _on_found(chosen)], rounds)
            print(f"{1e3 * medians[0]:10.2f}{ratio:8.2f}", end="", flush=True)
        print()


def _on_one(chosen: Experiment) -> Turn:
    with patch.object(threads, "ALL", 1):
        return _on(1, engine(chosen, STEPS))


def _on_found(chosen: Experiment) -> Turn:
    return _on(threads.usual([chosen]), engine(chosen, STEPS))


def _on(count: int, turn: Turn) -> Turn:
    """A turn that begins on its own number of threads, whatever the one before it left."""

    def counted() -> float:
        torch.set_num_threads(count)
        return turn()

    return counted


@contextmanager
def _busy(count: int) -> Iterator[None]:
    spinning = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for process in spinning:
            process.kill()
            process.wait()


if __name__ == "__main__":
    main()
