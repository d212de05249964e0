"""`gradtui why` by the program itself: a spoiled setting is named, and what cannot be answered is told."""

from __future__ import annotations

import json

from tests.commands.program import gradtui

SMALL = ("--set", "network.depth=2", "--set", "task.name=digits", "--set", "task.loss=cross-entropy", "--steps", "200")


def test_a_spoiled_setting_is_the_cause() -> None:
    out, errors, status = gradtui(
        "why",
        "tutorial",
        *SMALL,
        "--set",
        "optimizer.name=sgd",
        "--set",
        "optimizer.learning_rate=0.1",
        "--set",
        "optimizer.weight_decay=0.5",
        "--json",
    )
    assert status == 0, errors
    told = json.loads(out)
    assert told["cause"] == {"set": {"optimizer.weight_decay": 0.0}, "was": {"optimizer.weight_decay": 0.5}}
    assert not told["healthy"] and "weight decay 0.5 is the cause" in told["sentence"] and told["runs"] > 0
    assert told["suspects"][0]["verdict"] == "cures" and {one["verdict"] for one in told["suspects"]} <= {
        "cures",
        "helps",
        "no change",
        "worse",
    }


def test_a_budget_that_is_too_small_is_told() -> None:
    out, errors, status = gradtui("why", "tutorial", *SMALL[:-1], "30", "--budget", "1")
    assert status == 2 and "Raise --budget" in errors
