"""torchdiag's checks of gradients, dead neurons and a step."""

from __future__ import annotations

import math

from gradtui.core.measured.run import Run
from gradtui.core.text import number
from gradtui.diagnosis.published import Remark, Tool
from gradtui.diagnosis.published.measures import by_layer, numbers

_SMALL, _LARGE = 1e-7, 100.0
_DEAD = 0.2


def judge(run: Run) -> tuple[Remark, ...]:
    """check_gradients, check_dead_neurons and verify_step."""
    lacking = "the largest |dL/dW| was not measured"
    return (
        by_layer("vanishing-gradients", run, "largest_weight_gradient", "max |dL/dW|", "below", _SMALL, lacking),
        by_layer("exploding-gradients", run, "largest_weight_gradient", "|dL/dW|", "above", _LARGE, lacking),
        _dead(run),
        _loss(run),
        _moved(run),
    )


def _dead(run: Run) -> Remark:
    activation = run.experiment.network.values().get("activation", "relu")
    if activation not in ("relu", "leaky-relu", "elu", "gelu"):
        return Remark("dead-units", False, "it looks at ReLU, leaky ReLU, ELU and GELU only")
    what = "share of units that are zero on every input"
    return by_layer("dead-units", run, "dead", what, "above", _DEAD, "units that are zero are counted for ReLU only")


def _loss(run: Run) -> Remark:
    if run.history.newest is None:
        return Remark("non-finite", None, "cannot tell: nothing has been measured yet")
    loss = run.history.newest.loss.last
    return Remark("non-finite", not math.isfinite(loss), f"loss {number(loss)}; speaks at NaN or Inf")


def _moved(run: Run) -> Remark:
    ratios = numbers(run, "update_ratio")
    if not ratios:
        return Remark("learning-rate-too-low", None, "cannot tell: the length of a step was not measured")
    moved = sum(value != 0 for value in ratios.values())
    return Remark(
        "learning-rate-too-low", not moved, f"the weights of {moved} of {len(ratios)} layers changed; speaks where none do"
    )


TORCHDIAG = Tool(
    "torchdiag",
    ("torch", "diag"),
    "torchdiag, diagnostics.py (AddyM/torchdiag)",
    "Gradients of biases are not looked at. It is called by hand on one step; here on the newest frame.",
    judge,
)
