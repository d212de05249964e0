"""Theory against measurement, by activation and task, before the first step.

Run `python -m benchmarks.theory [SEEDS [WIDTH]]`: networks of 15 layers, each activation with an initialization made for it, on all
training samples at once. A line gives |dL/dh| of the first layer relative to the last one's: in theory, as the median that seeds
measure, theory by that, and theory by the quarters of the seeds, as medians of few seeds are wrong by a quarter for GELU and SiLU.
`alone` is what theory for samples that are all of one size says, by the same median. Theory is that of wide networks: sizes also
drift by chance, which moves GELU, SiLU and softplus most, and a width of 1024 shows less of it.
"""

from __future__ import annotations

import itertools
import sys

import numpy as np
import torch

from gradtui.catalog.activations import ACTIVATIONS
from gradtui.core.experiments.experiment import experiment
from gradtui.core.moments import STANDARDIZED
from gradtui.core.theory.depth import predict
from gradtui.engine.training.trainer import prepare

DEPTH = 15
TASKS = ("digits", "friedman", "spirals")
OWN = dict.fromkeys(("linear", "sigmoid", "tanh", "softsign"), "xavier-normal") | {"selu": "lecun-normal"}
"""Initializations of the activations that He's is not made for."""


def ratios(activation: str, task: str, width: int, seed: int) -> tuple[float, float, float]:
    """The first gradient by the last: measured, in theory, and in theory for samples of one size."""
    network = {"depth": DEPTH, "width": width, "activation": activation, "initialization": OWN.get(activation, "he-normal")}
    chosen = experiment({"network": network, "task": {"name": task}, "run": {"seed": seed, "batch_size": 0, "device": "cpu"}})
    training = prepare([chosen])
    step = training.stack.differentiate(next(training.stack.batches()), sampled=True)
    norms = [float(gradient.double().norm()) for gradient in step.gradients[-len(training.layers) : -1]]
    alone, predicted = predict(chosen, STANDARDIZED), training.predicted[0][0]
    assert alone is not None and predicted is not None
    return norms[0] / norms[-1], predicted, alone.activation_gradient[0]


def main() -> None:
    seeds, width = (int(number) for number in (sys.argv[1:] + ["40", "256"][len(sys.argv) - 1 :])[:2])
    torch.set_num_threads(1)
    print(f"{DEPTH} layers of {width}, {seeds} seeds")
    print(f"{'':22}{'theory':>10}{'measured':>10}{'ratio':>7}{'quarters':>13}{'alone':>7}")
    for task, activation in itertools.product(TASKS, ACTIVATIONS):
        measured, predicted, alone = np.array([ratios(activation, task, width, seed) for seed in range(seeds)]).T
        said, (low, middle, high) = np.median(predicted), np.quantile(measured, (0.25, 0.5, 0.75))
        shares = f"{said / middle:7.2f}{said / high:7.2f}{said / low:6.2f}{alone[0] / middle:7.2f}"
        print(f"{task:10}{activation:12}{said:10.3g}{middle:10.3g}{shares}", flush=True)


if __name__ == "__main__":
    main()
