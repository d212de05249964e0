"""Eight runs side by side in lanes, with every probe, against eight plain loops one after the other.

Run `python -m benchmarks.lanes [ROUNDS]`. All train with Adam as one writes it, on the same batches in one process and on the
threads that the engine settles on, taking turns; a line gives medians over the turns, of milliseconds for a step of all eight and
of (plain time / engine time): above 1.0 the engine is faster.
"""

from __future__ import annotations

import sys
from typing import Any

import torch

from benchmarks.engine import HE, NETWORKS
from benchmarks.families import FAMILIES
from benchmarks.loops import compare, engine, plain
from gradtui.core.experiments.experiment import experiment

LANES, STEPS = 8, 20
RECURRENT = "rnn, 64 units, 50 steps"


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    print(f"PyTorch {torch.__version__}, {rounds} rounds of {STEPS} steps; milliseconds a step of {LANES}, and plain / engine")
    print(f"{'':26}{'engine':>10}{'plain':>10}{'ratio':>8}")
    wanted: dict[str, dict[str, dict[str, Any]]] = {
        **{title: {**tables, "network": {**tables["network"], **HE}} for title, tables in NETWORKS.items()},
        RECURRENT: FAMILIES[RECURRENT],
    }
    for title, tables in wanted.items():
        run = {"batch_size": 64, **tables.get("run", {}), "steps": STEPS * (rounds + 2) + 100, "device": "cpu"}
        chosen = experiment({**tables, "optimizer": {"name": "adam", "learning_rate": 1e-4}, "run": run})
        medians, ratios = compare([engine(chosen, STEPS, LANES), plain(chosen, STEPS, LANES)], rounds)
        print(f"{title:26}" + "".join(f"{1e3 * median:10.2f}" for median in medians) + f"{ratios[0]:8.2f}", flush=True)


if __name__ == "__main__":
    main()
