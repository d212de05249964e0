"""What the optimizer, its learning rate and clipping make of a gradient."""

from __future__ import annotations

import math

from gradtui.catalog.optimizers import OPTIMIZERS
from gradtui.core.measured.run import Run
from gradtui.core.text import exact
from gradtui.lessons.facts.fact import Fact, ratio, told

_MEMORY = "This optimizer keeps no memory of earlier gradients."
_EPS = "This optimizer has no eps."


def learning_rate(run: Run) -> float:
    """The learning rate of the newest step, the chosen one before the first."""
    newest = run.history.newest
    return newest.learning_rate if newest else float(run.experiment.optimizer.learning_rate)


def curvature_limit(run: Run) -> float | None:
    """The largest learning rate times curvature at which steps on a parabola still close in; None where there is no single one."""
    optimizer = run.experiment.optimizer
    g = float(optimizer.values().get("momentum", 0.0))
    limits = {"sgd": 2.0, "momentum": 2 * (1 + g) / (1 - g), "heavy-ball": 2 * (1 + g), "nesterov": 2 * (1 + g) / (1 + 2 * g)}
    return limits.get(optimizer.name)


def first_length(run: Run) -> str | None:
    """The length of the first step of one weight, divided by the learning rate, in words."""
    optimizer = run.experiment.optimizer
    values = optimizer.values()
    name, g = optimizer.name, float(values.get("momentum", 0.0))
    if name == "rmsprop":
        return f"1/sqrt(1 - {exact(values['alpha'])}) = {told(1 / math.sqrt(1 - values['alpha']))}"
    fixed = {
        "sgd": "|grad|",
        "heavy-ball": "|grad|",
        "momentum": f"(1 - {exact(g)}) |grad|",
        "nesterov": f"(1 + {exact(g)}) |grad|",
    }
    return fixed.get(name) or ("1, whatever the gradient" if name in ("adam", "adamw", "adagrad", "lion") else None)


def settled_length(run: Run) -> str | None:
    """The length of a step of one weight under a gradient that stays, divided by the learning rate, in words."""
    optimizer = run.experiment.optimizer
    g = float(optimizer.values().get("momentum", 0.0))
    summed = f"{told(1 / (1 - g))} |grad|"
    lengths = {"sgd": "|grad|", "momentum": "|grad|", "heavy-ball": summed, "nesterov": summed}
    if optimizer.name == "rmsprop":
        return told(1 / (1 - g))
    return lengths.get(optimizer.name) or ("1, whatever the gradient" if optimizer.name in ("adam", "adamw", "lion") else None)


def averaged_steps(run: Run) -> str | None:
    """How many steps the momentum of the optimizer reaches back, 1/(1-g)."""
    optimizer = run.experiment.optimizer
    g = OPTIMIZERS[optimizer.name].memory(optimizer.values())
    return told(1 / (1 - g)) if g else None


def entry_gradient(run: Run) -> float | None:
    """The root mean square of an entry of dL/dW in the second hidden layer of an mlp, which has width times width of them."""
    newest, network = run.history.newest, run.experiment.network
    lengths = newest.layers.get("weight_gradient", ()) if newest else ()
    if network.family != "mlp" or network.depth < 2 or len(lengths) < 2 or lengths[1] is None:
        return None
    return lengths[1] / float(network.width)


def _eps(run: Run) -> str | None:
    eps = run.experiment.optimizer.values().get("eps")
    return None if eps is None else exact(eps)


def _curvature(run: Run) -> str | None:
    return told(ratio(curvature_limit(run), learning_rate(run)))


def _clip(run: Run) -> str | None:
    clip = run.experiment.clip
    return "none" if clip.by == "none" else f"by {clip.by}, at {exact(clip.threshold)}"


def _clipped(run: Run) -> str | None:
    """What clipping by norm leaves of the newest gradient."""
    newest, clip = run.history.newest, run.experiment.clip
    part = ratio(clip.threshold, newest.gradient_norm.last) if newest else None
    return told(min(1.0, part)) if part is not None and clip.by == "norm" else None


_ONE_LIMIT = "This optimizer scales every weight by its own gradients, so no one curvature bounds its learning rate."

OPTIMIZING = {
    "optimizer": Fact(lambda run: str(run.experiment.optimizer.name), ""),
    "learning_rate": Fact(lambda run: exact(float(f"{learning_rate(run):.3g}")), ""),
    "schedule": Fact(lambda run: str(run.experiment.schedule.name), ""),
    "first_length": Fact(first_length, "The first step of this optimizer has no length that a line could hold."),
    "settled_length": Fact(settled_length, "Under a constant gradient the steps of this optimizer settle at no fixed length."),
    "averaged_steps": Fact(averaged_steps, _MEMORY),
    "curvature_limit": Fact(lambda run: told(curvature_limit(run)), _ONE_LIMIT),
    "largest_curvature": Fact(_curvature, "At a learning rate of 0 nothing moves, whatever the curvature."),
    "eps": Fact(_eps, _EPS),
    "entry_gradient": Fact(
        lambda run: told(entry_gradient(run)), "The size of one entry of a gradient is known for plain layers once a step is made."
    ),
    "clip": Fact(_clip, ""),
    "clipped": Fact(_clipped, "Clipping by norm is off, or no step has been made, so nothing has been shortened."),
}
