"""What is random in a run draws from streams of its own, and every seed has others."""

import numpy as np
import torch

from gradtui.core.experiments.experiment import experiment
from gradtui.engine.training.trainer import prepare

TASKS = [{"name": "digits"}, {"name": "spirals", "samples": 100}, {"name": "moons", "samples": 100}]


def beginnings(monkeypatch, task, seed):
    """Where the generators of a run begin: torch's and numpy's older one by the words of the Mersenne twister that both are."""
    begun = []

    class Generator(torch.Generator):
        def manual_seed(self, seed):
            super().manual_seed(seed)
            state = self.get_state().numpy().view(np.uint64)
            begun.append(tuple(state[3:627]))
            return self

    class RandomState(np.random.RandomState):
        def __init__(self, seed=None):
            super().__init__(seed)
            begun.append(tuple(self.get_state()[1]))

    def default_rng(seed, real=np.random.default_rng):
        begun.append(real(seed).bit_generator.state["state"]["state"])
        return real(seed)

    made = experiment({"task": task, "run": {"seed": seed}})
    prepare([made])  # what is imported on the way has generators of its own
    with monkeypatch.context() as patched:
        patched.setattr(torch, "Generator", Generator)
        patched.setattr(np.random, "RandomState", RandomState)
        patched.setattr(np.random, "default_rng", default_rng)
        prepare([made])
    return begun


def test_weights_data_and_order_share_no_random_numbers(monkeypatch):
    begun = [beginnings(monkeypatch, task, seed) for seed in (0, 1, 2, 2**31, 2**32 - 1) for task in TASKS]
    assert all(len(streams) >= 3 for streams in begun), "weights, data and order"
    assert all(len(set(streams)) == len(streams) for streams in begun)
    by_seed = [set().union(*begun[at : at + len(TASKS)]) for at in range(0, len(begun), len(TASKS))]
    assert len(set().union(*by_seed)) == sum(map(len, by_seed)), "no seed begins where another one does"
