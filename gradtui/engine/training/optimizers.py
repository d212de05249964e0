"""The update: torch.optim's own classes on flat parameters, or on matrices where they want those, after clipping."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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
        self._rows: dict[tuple[str, int, int], tuple[Tensor, int | None]] = {}
        for (section, *_), members in groupby(range(len(experiments)), lambda lane: _alike(experiments[lane], lane)):
            lanes = list(members)
            for choice, shares in _shares(OPTIMIZERS[section.name], storage, hidden, range(lanes[0], lanes[-1] + 1)):
                tensors = [share.tensor for share in shares]
                group = {"params": tensors, **_arguments(choice, section), **({"fused": True} if choice.fused else {})}
                by_class.setdefault(resolve(choice), []).append((lanes[0], choice, group))
                for share in shares:
                    self._rows |= {(choice.name, share.leaf, lane): (share.tensor, share.row(lane)) for lane in share.lanes}
        made = {make([group for _, _, group in members]): members for make, members in by_class.items()}
        self._steps = [_bare_step(optimizer) for optimizer in made]
        self._groups = [(*member, optimizer.state) for optimizer, members in made.items() for member in members]
        self._memory = {
            tensor: optimizer.state for optimizer in made for group in optimizer.param_groups for tensor in group["params"]
        }
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

    @torch.no_grad()
    def take_over(self, before: Optimizers, lanes: Sequence[int]) -> None:
        """Go on with what was kept of steps before, where `lanes` are the old places of the lanes that there are now."""
        rows: dict[Tensor, list[tuple[dict[str, Any], int | None]]] = {}
        for (name, leaf, lane), (tensor, _) in self._rows.items():
            older, row = before._rows[name, leaf, lanes[lane]]
            rows.setdefault(tensor, []).append((before._memory[older].get(older, {}), row))
        for tensor, kept in rows.items():
            first = kept[0][0]
            if first:
                self._memory[tensor][tensor] = {name: _joined([(memory[name], row) for memory, row in kept]) for name in first}

    def memory(self) -> list[dict[str, Any]]:
        """What is kept of steps, by tensor that is updated, for `remember`."""
        return [dict(memory.get(tensor, {})) for tensor, memory in self._memory.items()]

    @torch.no_grad()
    def remember(self, kept: Sequence[Mapping[str, Any]]) -> None:
        """Go on with what others kept of their steps, laid out in memory as their classes would."""
        for (tensor, memory), values in zip(self._memory.items(), kept, strict=True):
            if values:
                memory[tensor] = {name: _laid_out(value, tensor) for name, value in values.items()}

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


@dataclass(frozen=True)
class _Share:
    """A tensor that an optimizer updates: of some lanes, row by row, or of one lane alone; and which leaf it is, -1 for all."""

    tensor: Tensor
    lanes: range
    leaf: int = -1
    apart: bool = False

    def row(self, lane: int) -> int | None:
        """Where a lane is in what is kept of the tensor; None where all of it is the lane's."""
        return None if self.apart else lane - self.lanes.start


def _shares(chosen: Choice, storage: Storage, hidden: Sequence[int], lanes: range) -> list[tuple[Choice, list[_Share]]]:
    """Who updates which tensors of these lanes."""
    rows = slice(lanes.start, lanes.stop)
    if chosen.rest is None:
        return [(chosen, [_Share(_with_gradient(storage.weights[rows], storage.gradients[rows]), lanes)])]
    pairs = list(zip(storage.leaves, storage.landed, strict=True))
    matrices = [
        _Share(_with_gradient(pairs[at][0].detach()[lane].T, pairs[at][1][lane].T), range(lane, lane + 1), at, apart=True)
        for at in hidden
        for lane in lanes
    ]
    others = [
        _Share(_with_gradient(leaf.detach()[rows], landed[rows]), lanes, at)
        for at, (leaf, landed) in enumerate(pairs)
        if at not in hidden
    ]
    return [(choice, shares) for choice, shares in ((chosen, matrices), (chosen.rest, others)) if shares]


def _joined(kept: Sequence[tuple[Any, int | None]]) -> Any:
    """What is kept of several lanes as one: rows side by side, and what is no tensor of rows from the first."""
    value, row = kept[0]
    if not isinstance(value, Tensor) or value.dim() == 0 or row is None:
        return value
    return torch.stack([tensor[row] for tensor, row in kept])


def _laid_out(value: Any, tensor: Tensor) -> Any:
    """What is kept of a tensor's steps, in the order of its own entries."""
    if isinstance(value, Tensor) and value.shape == tensor.shape:
        return torch.empty_like(tensor, dtype=value.dtype).copy_(value)
    return value


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
