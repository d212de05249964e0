"""What a run has measured so far."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from gradtui.core.measured.frame import Frame
from gradtui.core.measured.profile import hidden
from gradtui.core.measured.run import Run
from gradtui.core.text import grouped, number
from gradtui.lessons.facts.fact import Fact, ratio, told

_NOTHING = "No step has been measured yet; train in the Lab, and this page shows the run's numbers."
_NO_PROFILE = "The gradients of two hidden layers have not been measured yet, or the last layer's is zero."
_TREND = 20
"""Points of the loss that a trend needs at the least."""


def across(frame: Frame | None, quantity: str) -> float | None:
    """A quantity of the first hidden layer divided by the last one's; None where either was not measured."""
    seen = hidden(frame, quantity)
    return ratio(seen[0], seen[-1]) if len(seen) > 1 else None


def extreme(run: Run, quantity: str, smallest: bool = False) -> str | None:
    """The largest or smallest measured number of a quantity over the layers, and where it is."""
    last = run.history.last
    values = last.layers.get(quantity, ()) if last else ()
    measured = [(value, at) for at, value in enumerate(values) if value is not None and not math.isnan(value)]
    if not measured:
        return None
    value, at = min(measured) if smallest else max(measured)
    return f"{number(value)} in layer {run.layers[at] if at < len(run.layers) else at + 1}"


def trend(run: Run) -> float | None:
    """By what share the mean loss of the last quarter lies below that of the quarter before."""
    losses = run.history.loss.last[:, 0]
    quarter = len(losses) // 4
    if quarter * 4 < _TREND:
        return None
    with np.errstate(invalid="ignore", over="ignore"):
        before, after = float(np.mean(losses[-2 * quarter : -quarter])), float(np.mean(losses[-quarter:]))
    share = ratio(before - after, before)
    return None if share is None or not math.isfinite(share) else 100 * share


def rises(run: Run) -> float | None:
    """The share of the sampled losses that are larger than the one before."""
    losses = run.history.loss.last[:, 0]
    if len(losses) < _TREND:
        return None
    return float(np.mean(losses[1:] > losses[:-1]))


def best_validation(run: Run) -> tuple[float, int] | None:
    """The smallest validation loss and its step."""
    losses = run.history.validation_loss.low[:, 0]
    if not np.isfinite(losses).any():
        return None
    at = int(np.nanargmin(losses))
    return float(losses[at]), int(run.history.validation_loss.steps[at])


def broken_step(run: Run) -> int | None:
    """The first measured step up to which the loss was no longer a number."""
    broken = ~np.isfinite(run.history.loss.low[:, 0]) | ~np.isfinite(run.history.loss.high[:, 0])
    return int(run.history.loss.steps[int(np.argmax(broken))]) if broken.any() else None


def over_time(run: Run) -> float | None:
    """|dL/dh_t| of the first time step shown divided by the last one's."""
    newest = run.history.newest
    steps = newest.gradient_over_time if newest else ()
    return ratio(steps[0], steps[-1]) if len(steps) > 1 else None


def _frame(read: Callable[[Frame], float | None]) -> Callable[[Run], str | None]:
    def value(run: Run) -> str | None:
        last = run.history.last
        shown = read(last) if last else None
        return None if shown is None else number(shown)

    return value


def _step(run: Run) -> str | None:
    return grouped(run.history.newest.step) if run.history.newest else None


def _first_loss(run: Run) -> str | None:
    return number(run.history.first.loss.last) if run.history.first else None


def _best(run: Run) -> str | None:
    found = best_validation(run)
    return f"{number(found[0])} at step {grouped(found[1])}" if found else None


def _broken(run: Run) -> str | None:
    step = broken_step(run)
    return None if step is None else grouped(step)


def _gap(frame: Frame) -> float | None:
    return ratio(frame.validation_loss, frame.loss.mean)


MEASURED = {
    "step": Fact(_step, _NOTHING),
    "loss_first": Fact(_first_loss, _NOTHING),
    "loss": Fact(_frame(lambda frame: frame.loss.last), _NOTHING),
    "validation_loss": Fact(_frame(lambda frame: frame.validation_loss), _NOTHING),
    "validation_best": Fact(_best, _NOTHING),
    "validation_ratio": Fact(_frame(_gap), _NOTHING),
    "loss_trend": Fact(lambda run: told(trend(run)), "The run is too short to tell a trend of its loss."),
    "loss_rises": Fact(lambda run: told(rises(run)), "The run is too short to tell how often its loss rises."),
    "broken_step": Fact(_broken, "Every loss of this run has been a finite number so far."),
    "gradient_norm": Fact(_frame(lambda frame: frame.gradient_norm.last), _NOTHING),
    "gradient_first": Fact(
        lambda run: told(across(run.history.first, "activation_gradient")),
        _NO_PROFILE,
    ),
    "gradient_now": Fact(
        lambda run: told(across(run.history.newest, "activation_gradient")),
        _NO_PROFILE,
    ),
    "weight_gradient_now": Fact(
        lambda run: told(across(run.history.newest, "weight_gradient")),
        _NO_PROFILE,
    ),
    "dead": Fact(
        lambda run: extreme(run, "dead"), "Dead units were not measured: the activation cannot die, or no validation was made yet."
    ),
    "saturated": Fact(
        lambda run: extreme(run, "saturated"),
        "Saturated units were not measured: the activation has no two flat ends, or no validation was made yet.",
    ),
    "update_least": Fact(lambda run: extreme(run, "update_ratio", smallest=True), _NOTHING),
    "update_most": Fact(lambda run: extreme(run, "update_ratio"), _NOTHING),
    "over_time_now": Fact(lambda run: told(over_time(run)), "No gradient over time has been measured."),
}
