"""`gradtui why` by the program itself: a spoiled setting is named, and what cannot be answered is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.program import gradtui

SPOILED = """title = "Weights that lose one percent at every step"
[network]
depth = 2
activation = "tanh"
initialization = "xavier-normal"
[optimizer]
name = "sgd"
learning_rate = 0.05
weight_decay = 0.2
[task]
name = "digits"
[run]
steps = 800
device = "cpu"
"""


@pytest.fixture
def spoiled(tmp_path: Path) -> str:
    (tmp_path / "spoiled.toml").write_text(SPOILED)
    return str(tmp_path / "spoiled.toml")


def test_a_spoiled_setting_is_the_cause(spoiled: str) -> None:
    out, errors, status = gradtui("why", spoiled, "--json")
    assert status == 0, errors
    told = json.loads(out)
    assert told["cause"] == {"set": {"optimizer.weight_decay": 0.0}, "was": {"optimizer.weight_decay": 0.2}}
    assert not told["healthy"] and "weight decay 0.2 is the cause" in told["sentence"] and told["runs"] > 0
    assert told["suspects"][0]["verdict"] == "cures" and {one["verdict"] for one in told["suspects"]} <= {
        "cures",
        "helps",
        "no change",
        "worse",
    }


def test_a_budget_that_is_too_small_is_told(spoiled: str) -> None:
    _, errors, status = gradtui("why", spoiled, "--steps", "30", "--budget", "1")
    assert status == 2 and "Raise --budget" in errors
