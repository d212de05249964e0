"""The update: torch.optim's own classes on flat parameters, after clipping."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from inspect import unwrap
from itertools import groupby
from typing import Any

from torch import Tensor
from torch.optim import Optimizer

from gradtui.catalog.optimizers import OPTIMIZERS
from gradtui.core.experiment import Experiment, Section
from gradtui.engine.storage import Storage
from gradtui.engine.target import resolve


class Optimizers:
    """Updates all lanes. Neighbouring lanes with the same optimizer are one tensor to it; every such run of lanes is a
    parameter group of the one torch.optim object of its class.
    """

    def __init__(self, experiments: Sequence[Experiment], storage: Storage) -> None:
        self._gradients = storage.gradients
        self._groups: list[tuple[int, dict[str, Any]]] = []
        by_class: dict[Callable[..., Optimizer], list[dict[str, Any]]] = {}
        for section, members in groupby(range(len(experiments)), lambda lane: experiments[lane].optimizer):
            lanes = list(members)
            rows = slice(lanes[0], lanes[-1] + 1)
            flat = storage.weights[rows]
            flat.grad = storage.gradients[rows]
            entry = OPTIMIZERS[section.name]
            group = {"params": [flat], **arguments(section), **({"fused": True} if entry.fused else {})}
            by_class.setdefault(resolve(entry), []).append(group)
            self._groups.append((lanes[0], group))
        self._steps = [_bare_step(make(groups)) for make, groups in by_class.items()]
        self.adopt(experiments)

    def adopt(self, experiments: Sequence[Experiment]) -> None:
        """Take over changed values, from the next step on."""
        for lane, group in self._groups:
            group.update(arguments(experiments[lane].optimizer))
        self._clips = [(lane, e.clip.by, e.clip.threshold) for lane, e in enumerate(experiments) if e.clip.by != "none"]

    def step(self, norms: Tensor) -> None:
        """Clip and update. `norms` are the gradients' lengths, [lanes]."""
        for lane, by, threshold in self._clips:
            gradient = self._gradients[lane]
            if by == "norm":  # torch.nn.utils.clip_grad_norm_ of this lane alone
                gradient.mul_((threshold / (norms[lane] + 1e-6)).clamp(max=1.0))
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


def arguments(section: Section) -> Mapping[str, Any]:
    """What a torch.optim class is called with."""
    values = section.values()
    return OPTIMIZERS[values.pop("name")].arguments(values)
