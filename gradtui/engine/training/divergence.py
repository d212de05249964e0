"""Where the first number that is not finite appeared."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from gradtui.core.measured.protocol import Divergence
from gradtui.engine.networks import Pass
from gradtui.engine.networks.storage import Storage


def in_forward(passed: Pass, names: Sequence[str], step: int, lane: int) -> Divergence:
    """Of a step whose loss is not finite: the first layer whose output is not, or the loss itself."""
    for name, output in zip(names, passed.outputs, strict=True):
        if not _finite(output[lane]):
            return Divergence(step=step, layer=name, what="activation", lane=lane)
    return Divergence(step=step, layer=names[-1], what="loss", lane=lane)


def in_backward(storage: Storage, names: Sequence[str], step: int, lane: int) -> Divergence:
    """Of a step whose gradient is not finite: the first layer, from the output backwards, that has such a gradient."""
    by_leaf = zip(reversed(storage.landed), reversed(storage.owners), strict=True)
    owner = next(owner for gradient, owner in by_leaf if not _finite(gradient[lane]))
    return Divergence(step=step, layer=names[owner], what="gradient", lane=lane)


def _finite(tensor: Tensor) -> bool:
    return bool(tensor.isfinite().all())
