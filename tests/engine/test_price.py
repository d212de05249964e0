"""The price of an optimizer's own step."""

from __future__ import annotations

import math

import torch

from gradtui.core.experiments.experiment import experiment
from gradtui.engine.training import price


def test_it_is_a_number_for_every_run_and_leaves_the_threads_as_they_were() -> None:
    before = torch.get_num_threads()
    found = price.optimizer_microseconds(experiment({"network": {"width": 4, "depth": 1}}))
    assert math.isfinite(found) and found > 0
    assert torch.get_num_threads() == before
