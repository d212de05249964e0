"""The update: torch.optim's own classes on flat parameters, or on matrices where they want those, after clipping."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from inspect import unwrap
from itertools import groupby
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from gradtui.catalog.optimizers import OPTIMIZERS
from gradtui.catalog.optimizers import Optimizer as Choice
from gradtui.catalog.schedules import SCHEDULES
from gradtui.core.experiments.experiment import Experiment, Section
from gradtui.engine.networks.storage import Storage
from gradtui.engine.target import resolve

_NO_MOMENTUM = 5e-324
"""Stands for a momentum of 0, as which it counts in float32: torch.optim would no longer keep the last direction, from which a
momentum that is raised later goes on.
"""


class Optimizers:
    """Updates all lanes. Neighbouring lanes with the same optimizer and schedule are one tensor to it; every such run of lanes is
    a parameter group of the one torch.optim object of its class. A schedule that judges the loss keeps its lane apart. `hidden` are
    the leaves that are hidden matrices.
    """

    def __init__(self, experiments: Sequence[Experiment], storage: Storage, hidden: Sequence[int]) -> None:
        self._gradients = storage.gradients
        self._experiments = experiments
        by_class: dict[Callable[..., Optimizer], list[tuple[int, Choice, dict[str, Any]]]] = {}
        for (section, *_), members in groupby(range(len(experiments)), lambda lane: _alike(experiments[lane], lane)):
            lanes = list(members)
            for choice, tensors in _shares(OPTIMIZERS[section.name], storage, hidden, range(lanes[0], lanes[-1] + 1)):
                group = {"params": tensors, **_arguments(choice, section), **({"fused": True} if choice.fused else {})}
                by_class.setdefault(resolve(choice), []).append((lanes[0], choice, group))
        made = {make([group for _, _, group in members]): members for make, members in by_class.items()}
        self._steps = [_bare_step(optimizer) for optimizer in made]
        self._groups = [(*member, optimizer.state) for optimizer, members in made.items() for member in members]
        self.adopt(experiments)

    def adopt(self, experiments: Sequence[Experiment]) -> None:
        """Take over changed values, from the next step on."""
        for lane, choice, group, memory in self._groups:
            before, after = self._experiments[lane].optimizer, experiments[lane].optimizer
            for weights in group["params"] if after != before else ():
                _rescale(memory.get(weights, {}), choice, before, after)
            group.update(_arguments(choice, after))
        self._experiments = experiments
        self._rates = [group["lr"] for _, _, group, _ in self._groups]
        self._clips = [(lane, e.clip.by, e.clip.threshold) for lane, e in enumerate(experiments) if e.clip.by != "none"]

    def scale(self, factors: Sequence[float]) -> None:
        """Multiply the learning rates that were chosen, by lane, for the steps from now on."""
        for (lane, _, group, _), rate in zip(self._groups, self._rates, strict=True):
            group["lr"] = rate * factors[lane]

    def step(self, norms: Sequence[float]) -> None:
        """Clip and update. `norms` are the gradients' exact lengths, by lane."""
        for lane, by, threshold in self._clips:
            gradient = self._gradients[lane]
            if by == "norm":  # torch.nn.utils.clip_grad_norm_ of this lane alone
                root = math.sqrt(threshold / max(norms[lane] + 1e-6, threshold))
                gradient.mul_(root).mul_(root)  # what is left of a gradient can be less than float32 holds, its root never is
            else:
                gradient.clamp_(-threshold, threshold)
        for step in self._steps:
            step()


def _bare_step(optimizer: Optimizer) -> Callable[[], object]:
    """The class's own step without the hooks for profilers and compilers around it, which cost as much as a small step."""
    return partial(unwrap(type(optimizer).step), optimizer)


def _spare_the_compiler() -> None:
    """Keep torch.optim from loading torch's compiler (two seconds, a hundred megabytes) only to tell it to stay away."""
    bare: Any = unwrap(Optimizer.add_param_group)
    vars(bare).setdefault("__dynamo_disable", bare)


_spare_the_compiler()


def _alike(experiment: Experiment, lane: int) -> tuple[Section, Section, int | None]:
    """What neighbouring lanes must share to be one tensor to an optimizer."""
    judged = bool(SCHEDULES[experiment.schedule.name].target)
    return experiment.optimizer, experiment.schedule, lane if judged else None


def _shares(chosen: Choice, storage: Storage, hidden: Sequence[int], lanes: range) -> list[tuple[Choice, list[Tensor]]]:
    """Who updates which tensors of these lanes."""
    rows = slice(lanes.start, lanes.stop)
    if chosen.rest is None:
        return [(chosen, [_with_gradient(storage.weights[rows], storage.gradients[rows])])]
    pairs = list(zip(storage.leaves, storage.landed, strict=True))
    matrices = [
        _with_gradient(leaf.detach()[lane].T, landed[lane].T) for leaf, landed in (pairs[at] for at in hidden) for lane in lanes
    ]
    others = [_with_gradient(leaf.detach()[rows], landed[rows]) for at, (leaf, landed) in enumerate(pairs) if at not in hidden]
    return [(choice, tensors) for choice, tensors in ((chosen, matrices), (chosen.rest, others)) if tensors]


def _with_gradient(weights: Tensor, gradients: Tensor) -> Tensor:
    weights.grad = gradients
    return weights


def _arguments(choice: Choice, section: Section) -> dict[str, Any]:
    """What a torch.optim class is called with."""
    values = section.values()
    del values["name"]
    arguments = choice.arguments(values)
    return {**arguments, "momentum": _NO_MOMENTUM} if arguments.get("momentum") == 0 else arguments


@torch.no_grad()
def _rescale(memory: dict[str, Any], choice: Choice, before: Section, after: Section) -> None:
    """Suit what is kept of a tensor's steps to changed parameters; before its first step there is nothing."""
    if memory:
        for name, factor in choice.rescaled(before.values(), after.values(), float(memory.get("step", 0))).items():
            memory[name].mul_(factor)
