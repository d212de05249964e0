"""The same steps under a loss of another scale: gradtui says the same of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.rules.outcome import outcome
from benchmarks.rules.speaking import examined
from gradtui.core.experiments.experiment import experiment

RUNS: dict[str, dict[str, Any]] = {
    "vanishing-gradients": {"network": {"depth": 12, "width": 16, "activation": "sigmoid", "initialization": "xavier-normal"}},
    "learning-rate-too-low": {"network": {"depth": 2, "width": 16}, "optimizer": {"name": "adam", "learning_rate": 1e-6}},
    "learning-rate-too-high": {"network": {"depth": 2, "width": 16}, "optimizer": {"name": "adam", "learning_rate": 20.0}},
    "": {"network": {"depth": 2, "width": 32, "initialization": "he-normal"}, "optimizer": {"name": "adam", "learning_rate": 0.01}},
}


@pytest.mark.parametrize("rule", RUNS)
def test_rules_say_the_same_at_any_scale_of_the_loss(rule: str, tmp_path: Path) -> None:
    made = experiment({**RUNS[rule], "run": {"steps": 200, "device": "cpu"}})
    run = outcome(made, tmp_path)
    assert outcome(made, tmp_path).model_dump_json() == run.model_dump_json(), "what the cache holds is what was run"
    plain = examined(made, run)
    assert (rule in plain.rules) if rule else not plain.rules
    for scale in (1e-3, 1e3):
        assert examined(made, run, scale).rules == plain.rules
