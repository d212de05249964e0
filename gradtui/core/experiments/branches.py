"""Where residual branches begin and end: the same for the network that is built and for the theory of it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gradtui.core.experiments.experiment import Section


@dataclass(frozen=True)
class Place:
    """A hidden layer's part in residual links: whether a branch `opens` before it and `closes` after it.

    `scale` multiplies what the branch adds; `fixup` the weights of Fixup's initialization (Zhang 2019): 0 in the last layer of a
    branch, L^(-1/(2m-2)) in the others, with L branches of m layers. `activates` is false where a branch of two layers ends.
    """

    opens: bool = False
    closes: bool = False
    activates: bool = True
    scale: float = 1.0
    fixup: float = 1.0


def places(network: Section, same_width: bool) -> list[Place]:
    """The places of all hidden layers of an mlp or a cnn; `same_width` says whether the input is as wide as they are."""
    depth, layers = network.depth, network.branch_layers
    first = 0 if same_width else 1
    count = (depth - first) // layers if network.residual else 0
    plain = [Place()] * min(first, depth)
    if count == 0:
        return [Place()] * depth
    scale = 1 / math.sqrt(count) if network.residual_scale else 1.0
    last = Place(opens=layers == 1, closes=True, activates=layers == 1, scale=scale, fixup=0.0)
    branch = [last] if layers == 1 else [Place(opens=True, fixup=count**-0.5), last]
    left_over = [Place()] * (depth - first - count * layers)
    return [*plain, *branch * count, *left_over]
