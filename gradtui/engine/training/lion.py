"""Lion: the sign of an average of gradients, found by a search over programs (Chen 2023)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer


class Lion(Optimizer):
    """w -= lr (sign(b1 m + (1 - b1) grad) + decay w), then m = b2 m + (1 - b2) grad; every weight moves by lr at each step."""

    def __init__(self, params: Any, lr: float = 1e-4, betas: tuple[float, float] = (0.9, 0.99), weight_decay: float = 0.0) -> None:
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """One update of every parameter that has a gradient."""
        for group in self.param_groups:
            keep_for_step, keep = group["betas"]
            for weight in group["params"]:
                gradient: Tensor = weight.grad
                state = self.state[weight]
                if not state:
                    state["average"] = torch.zeros_like(weight)
                average: Tensor = state["average"]
                direction = torch.lerp(gradient, average, keep_for_step).sign_()
                weight.mul_(1 - group["lr"] * group["weight_decay"]).sub_(direction, alpha=group["lr"])
                average.lerp_(gradient, 1 - keep)
