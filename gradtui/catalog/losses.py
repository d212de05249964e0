"""Losses: what a network is asked to make small."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gradtui.catalog.entry import Catalog, Entry

Kind = Literal["regression", "classification"]


@dataclass(frozen=True, kw_only=True)
class Loss(Entry):
    """`kinds` are the kinds of task it fits; a class is compared as one number per class (1 and 0) by a regression loss."""

    kinds: tuple[Kind, ...]


LOSSES = Catalog(
    "loss",
    "The number that training makes small.",
    (
        Loss(
            name="cross-entropy",
            summary="Minus the log of the probability given to the right class; ln(classes) at the start.",
            target="torch.nn:CrossEntropyLoss",
            kinds=("classification",),
        ),
        Loss(
            name="mse",
            summary="Mean squared error over samples and outputs.",
            target="torch.nn:MSELoss",
            kinds=("regression", "classification"),
        ),
    ),
)
