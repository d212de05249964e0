"""Made-up cases for the rules: frames with the numbers that a test is about, in a history."""

from __future__ import annotations

from typing import Any

from gradtui.core.experiments.experiment import experiment
from gradtui.core.measured.frame import Frame, Spread
from gradtui.core.measured.history import History
from gradtui.core.measured.protocol import Started
from gradtui.core.measured.run import Run
from gradtui.diagnosis.registry import JUDGES
from gradtui.diagnosis.rules import Answer

FALLING = {"activation_gradient": [1e-9, 1e-7, 1e-5, 1e-3, 0.1]}
LATE = range(1, 1500, 30)
"""Steps of a run of 2000 by whose end what is wrong has had its time to pass."""
LEVEL = {"activation_gradient": [0.1] * 5, "update_ratio": [1e-3] * 5}


def spread(value: float) -> Spread:
    return Spread(last=value, low=value, mean=value, high=value)


def frame(step: int, loss: float = 1.0, hidden: dict[str, list[float | None]] | None = None, **fields: Any) -> Frame:
    layers = {name: (*values, None) for name, values in (hidden or {}).items()}
    return Frame(
        step=step, loss=spread(loss), gradient_norm=spread(fields.pop("norm", 1.0)), learning_rate=0.01, layers=layers, **fields
    )


def started(layers: int) -> Started:
    return Started(
        run=1, device="cpu", weights=1, layers=(*map(str, range(1, layers + 1)), "out"), predicted=((None,) * (layers + 1),)
    )


def case(*frames: Frame, layers: int = 5, task: str = "spirals", **network: Any) -> Run:
    history = History()
    for one in frames:
        history.add(one)
    return Run(experiment({"network": {"depth": layers, **network}, "task": {"name": task}}), started(layers), history)


def judged(rule: str, given: Run) -> Answer:
    return JUDGES[rule](given)
