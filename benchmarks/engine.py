"""The engine with every probe at its default sampling, against a plain PyTorch loop without instruments.

Run `python -m benchmarks.engine [ROUNDS]` (at most 90). Both train networks of the same shape, with He's initialization, on the
same batches in one process and on one thread, taking turns of a hundred steps; a line gives medians over the turns, of microseconds
a step and of (plain time / engine time): above 1.0 the engine is faster. "default" is torch.optim as one writes it, "fused" the
same with fused=True. The default for SGD on the CPU is a Python loop over tensors: there is no foreach form to compare with.
"""

from __future__ import annotations

import sys
from typing import Any

import torch

from benchmarks.loops import compare, engine, plain
from gradtui.core.experiments.experiment import experiment

STEPS = 100
NETWORKS: dict[str, dict[str, dict[str, Any]]] = {
    "10-10-1, batch 1": {"network": {"depth": 1, "width": 10}, "task": {"name": "uniform"}, "run": {"batch_size": 1}},
    "20x32, batch 64": {"network": {"depth": 20, "width": 32}, "task": {"name": "spirals"}, "run": {"batch_size": 64}},
    "50x64, batch 64": {"network": {"depth": 50, "width": 64}, "task": {"name": "spirals"}, "run": {"batch_size": 64}},
}
HE = {"initialization": "he-normal"}


def main() -> None:
    rounds = min(int(sys.argv[1]), 90) if len(sys.argv) > 1 else 30
    torch.set_num_threads(1)
    print(f"PyTorch {torch.__version__}, {rounds} rounds of {STEPS} steps; microseconds a step, and plain / engine")
    print(f"{'':18}{'optimizer':12}{'engine':>10}{'default':>10}{'fused':>10}{'default':>12}{'fused':>8}")
    for title, tables in NETWORKS.items():
        for optimizer in ("adam", "momentum"):
            changes = {"network": {**tables["network"], **HE}, "optimizer": {"name": optimizer, "learning_rate": 1e-4}}
            run = {**tables["run"], "steps": STEPS * (rounds + 2)}
            chosen = experiment({**tables, **changes, "run": run})
            medians, ratios = compare([engine(chosen, STEPS), plain(chosen, STEPS), plain(chosen, STEPS, fused=True)], rounds)
            shown = "".join(f"{1e6 * median:10.0f}" for median in medians) + f"{ratios[0]:12.2f}{ratios[1]:8.2f}"
            print(f"{title:18}{optimizer:12}{shown}", flush=True)


if __name__ == "__main__":
    main()
