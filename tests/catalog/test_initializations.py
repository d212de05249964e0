"""A weight's spread is that of PyTorch's own initialization of the same name."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from gradtui.catalog.initializations import INITIALIZATIONS

FAN_IN, FAN_OUT = 400, 900
PYTORCH: dict[str, Callable[[torch.Tensor], Any]] = {
    "default": lambda weight: nn.init.kaiming_uniform_(weight, a=math.sqrt(5)),
    "xavier-normal": nn.init.xavier_normal_,
    "xavier-uniform": nn.init.xavier_uniform_,
    "he-normal": lambda weight: nn.init.kaiming_normal_(weight, nonlinearity="relu"),
    "he-uniform": lambda weight: nn.init.kaiming_uniform_(weight, nonlinearity="relu"),
    "lecun-normal": lambda weight: nn.init.kaiming_normal_(weight, nonlinearity="linear"),
    "lecun-uniform": lambda weight: nn.init.kaiming_uniform_(weight, nonlinearity="linear"),
    "orthogonal": nn.init.orthogonal_,
    "identity": nn.init.eye_,
    "fixup": lambda weight: nn.init.kaiming_normal_(weight, nonlinearity="relu"),
    "lsuv": nn.init.orthogonal_,
    "normal": nn.init.normal_,
    "uniform": lambda weight: nn.init.uniform_(weight, -0.1, 0.1),
    "zeros": nn.init.zeros_,
}


@pytest.mark.parametrize("name", INITIALIZATIONS)
def test_spread_equals_pytorch(name: str) -> None:
    torch.manual_seed(0)
    weight = torch.empty(FAN_OUT, FAN_IN)
    PYTORCH[name](weight)
    initialization = INITIALIZATIONS[name]
    values = {parameter.name: parameter.default for parameter in initialization.parameters}
    # 360 000 draws: the standard error of their standard deviation is at most 0.12 % (normal), so 1 % is eight of them.
    assert initialization.spread(FAN_IN, FAN_OUT, values) == pytest.approx(float(weight.std()), rel=0.01)


@pytest.mark.parametrize("name", [name for name, entry in INITIALIZATIONS.items() if entry.parameters])
def test_spread_is_proportional_to_its_parameter(name: str) -> None:
    initialization = INITIALIZATIONS[name]
    parameter = initialization.parameters[0]
    one, three = (initialization.spread(FAN_IN, FAN_OUT, {parameter.name: value}) for value in (1.0, 3.0))
    assert three == pytest.approx(3 * one)


def test_only_pytorchs_default_draws_biases_unasked() -> None:
    bias = nn.Linear(FAN_IN, 100_000).bias.detach()
    variances = {name: entry.bias_variance(FAN_IN, {}) for name, entry in INITIALIZATIONS.items()}
    assert variances.pop("default") == pytest.approx(float(bias.var()), rel=0.03)
    assert set(variances.values()) == {0.0}


@pytest.mark.parametrize(
    "name", [name for name, entry in INITIALIZATIONS.items() if "bias_std" in {p.name for p in entry.parameters}]
)
def test_biases_have_the_variance_asked_for(name: str) -> None:
    assert INITIALIZATIONS[name].bias_variance(FAN_IN, {"bias_std": 0.3}) == pytest.approx(0.09)
