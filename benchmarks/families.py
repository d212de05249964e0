"""Every family beside the MLP with every probe at its default sampling, against a plain loop over what torch.nn has for it.

Run `python -m benchmarks.families [ROUNDS]`. Both train with Adam as one writes it, on the same batches of 64 in one process and on
the threads that the engine settles on, taking turns; a line gives medians over the turns, of milliseconds a step and of
(plain time / engine time): above 1.0 the engine is faster.
"""

from __future__ import annotations

import sys
from typing import Any

import torch

from benchmarks.loops import compare, engine, plain
from gradtui.core.experiments.experiment import experiment

STEPS = 50
ADDING = {"name": "adding", "length": 50, "samples": 2560}
FAMILIES: dict[str, dict[str, dict[str, Any]]] = {
    "rnn, 64 units, 50 steps": {"network": {"family": "rnn", "width": 64}, "task": ADDING},
    "gru, 64 units, 50 steps": {"network": {"family": "gru", "width": 64}, "task": ADDING},
    "lstm, 64 units, 50 steps": {"network": {"family": "lstm", "width": 64}, "task": ADDING},
    "cnn, 4x16, digits": {"network": {"family": "cnn", "depth": 4, "width": 16}, "task": {"name": "digits"}},
    "cnn, 10x16, digits": {"network": {"family": "cnn", "depth": 10, "width": 16}, "task": {"name": "digits"}},
    "transformer, 4x32, text": {"network": {"family": "transformer", "depth": 4, "width": 32}, "task": {"name": "text"}},
}


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    print(f"PyTorch {torch.__version__}, {rounds} rounds of {STEPS} steps; milliseconds a step, and plain / engine")
    print(f"{'':26}{'engine':>10}{'plain':>10}{'ratio':>8}")
    for title, tables in FAMILIES.items():
        run = {"steps": STEPS * (rounds + 2), "batch_size": 64, "device": "cpu"}
        chosen = experiment({**tables, "optimizer": {"name": "adam", "learning_rate": 1e-4}, "run": run})
        medians, ratios = compare([engine(chosen, STEPS), plain(chosen, STEPS)], rounds)
        print(f"{title:26}" + "".join(f"{1e3 * median:10.2f}" for median in medians) + f"{ratios[0]:8.2f}", flush=True)


if __name__ == "__main__":
    main()
