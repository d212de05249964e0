"""Normalizations: what keeps each layer's pre-activations in range."""

from __future__ import annotations

from dataclasses import dataclass

from gradtui.catalog.entry import Catalog, Entry


@dataclass(frozen=True, kw_only=True)
class Normalization(Entry):
    """`module` is torch.nn's form of it for vectors; empty for none. `learned` are the numbers that it learns for each unit, `eps`
    what it adds to the variance, and `over_batch` says that a unit's mean and variance are those of the batch, so that a bias
    before it does nothing.
    """

    module: str = ""
    learned: int = 0
    eps: float = 0.0
    over_batch: bool = False


NORMALIZATIONS = Catalog(
    "normalization",
    "What keeps each layer's pre-activations in range.",
    (
        Normalization("none", "Pre-activations are left as they are."),
        Normalization(
            "batch",
            "Each unit to mean 0 and variance 1 over the batch, then scale and shift (Ioffe & Szegedy 2015).",
            "gradtui.engine.networks.layers:BatchNorm",
            module="nn.BatchNorm1d",
            learned=2,
            eps=1e-5,
            over_batch=True,
        ),
        Normalization(
            "layer",
            "Each sample to mean 0 and variance 1 over the units, then scale and shift (Ba 2016).",
            "gradtui.engine.networks.layers:LayerNorm",
            module="nn.LayerNorm",
            learned=2,
            eps=1e-5,
        ),
        Normalization(
            "rms",
            "Each sample to mean square 1 over the units, then scale (Zhang & Sennrich 2019).",
            "gradtui.engine.networks.layers:RMSNorm",
            module="nn.RMSNorm",
            learned=1,
            eps=2.0**-23,
        ),
    ),
)
