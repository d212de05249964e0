"""Initializations: how weights are drawn, and the spread that the theory reads from the same line."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from gradtui.catalog.entry import Catalog, Entry, Parameter

Spread = Callable[[int, int, Mapping[str, Any]], float]
"""Standard deviation of a weight from (fan_in, fan_out, parameters)."""


@dataclass(frozen=True, kw_only=True)
class Initialization(Entry):
    """`spread` is the standard deviation of one weight, its root mean square for an identity; `draw` the shape of its distribution.

    `bias` is "uniform" for PyTorch's default, uniform in +-1/sqrt(fan_in), and "normal" with the parameter `bias_std`, or zero,
    everywhere else. `rescaled` says what happens to the drawn weights: "fixup" scales residual branches, "lsuv" each layer by its
    output on a batch. `families` are those it fits, all if empty; `residual` says that it is for networks with residual links.
    """

    draw: Literal["normal", "uniform", "orthogonal", "identity", "zero"]
    spread: Spread
    bias: Literal["normal", "uniform"] = "normal"
    rescaled: Literal["", "fixup", "lsuv"] = ""
    families: tuple[str, ...] = ()
    residual: bool = False

    def bias_variance(self, fan_in: int, values: Mapping[str, Any]) -> float:
        """Variance of a bias of a layer with `fan_in` inputs, from the network's values."""
        return 1 / (3 * fan_in) if self.bias == "uniform" else float(values.get("bias_std", 0.0)) ** 2


_GAIN = Parameter("gain", float, 1.0, "Multiplies every weight.", minimum=0, maximum=1000, scale="log")
_BIAS = Parameter("bias_std", float, 0.0, "Standard deviation of a bias.", minimum=0, maximum=1000, scale="log")


def _xavier(fan_in: int, fan_out: int, p: Mapping[str, Any]) -> float:
    return float(p["gain"] * math.sqrt(2 / (fan_in + fan_out)))


def _he(fan_in: int, fan_out: int, p: Mapping[str, Any]) -> float:
    return float(p.get("gain", 1.0)) * math.sqrt(2 / fan_in)


def _lecun(fan_in: int, fan_out: int, p: Mapping[str, Any]) -> float:
    return float(p["gain"] * math.sqrt(1 / fan_in))


def _orthogonal(fan_in: int, fan_out: int, p: Mapping[str, Any]) -> float:
    return float(p.get("gain", 1.0)) / math.sqrt(max(fan_in, fan_out))


INITIALIZATIONS = Catalog(
    "initialization",
    "How weights are drawn before the first step. n is a layer's number of inputs.",
    (
        Initialization(
            name="default",
            summary="PyTorch's nn.Linear: uniform, variance 1/(3n), biases too. Gradients shrink with depth.",
            draw="uniform",
            spread=lambda fan_in, fan_out, p: 1 / math.sqrt(3 * fan_in),
            bias="uniform",
        ),
        Initialization(
            name="xavier-normal",
            summary="Variance 2/(n_in + n_out): keeps a linear network's signal (Glorot & Bengio 2010).",
            parameters=(_GAIN, _BIAS),
            draw="normal",
            spread=_xavier,
        ),
        Initialization(
            name="xavier-uniform",
            summary="The same variance, drawn uniformly.",
            parameters=(_GAIN, _BIAS),
            draw="uniform",
            spread=_xavier,
        ),
        Initialization(
            name="he-normal",
            summary="Variance 2/n: makes up for the half that ReLU drops (He 2015).",
            parameters=(_GAIN, _BIAS),
            draw="normal",
            spread=_he,
        ),
        Initialization(
            name="he-uniform",
            summary="The same variance, drawn uniformly.",
            parameters=(_GAIN, _BIAS),
            draw="uniform",
            spread=_he,
        ),
        Initialization(
            name="lecun-normal",
            summary="Variance 1/n: what SELU wants (LeCun 1998).",
            parameters=(_GAIN, _BIAS),
            draw="normal",
            spread=_lecun,
        ),
        Initialization(
            name="lecun-uniform",
            summary="The same variance, drawn uniformly.",
            parameters=(_GAIN, _BIAS),
            draw="uniform",
            spread=_lecun,
        ),
        Initialization(
            name="orthogonal",
            summary="A rotation times gain: a linear network keeps every length exactly (Saxe 2013).",
            parameters=(_GAIN, _BIAS),
            draw="orthogonal",
            spread=_orthogonal,
        ),
        Initialization(
            name="identity",
            summary="The identity times gain, cut or filled with zeros where a layer changes the width.",
            parameters=(_GAIN,),
            draw="identity",
            spread=_orthogonal,
        ),
        Initialization(
            name="fixup",
            summary="He, but residual branches end in zeros: every block starts as the identity (Zhang 2019).",
            draw="normal",
            spread=_he,
            rescaled="fixup",
            families=("mlp", "cnn"),
            residual=True,
        ),
        Initialization(
            name="lsuv",
            summary="Orthogonal, then every layer scaled to unit output variance on a batch (Mishkin & Matas 2016).",
            draw="orthogonal",
            spread=_orthogonal,
            rescaled="lsuv",
            families=("mlp", "cnn"),
        ),
        Initialization(
            name="normal",
            summary="The same spread in every layer, whatever its size.",
            parameters=(
                Parameter("std", float, 1.0, "Standard deviation of a weight.", minimum=0, maximum=1000, scale="log"),
                _BIAS,
            ),
            draw="normal",
            spread=lambda fan_in, fan_out, p: float(p["std"]),
        ),
        Initialization(
            name="uniform",
            summary="Uniform between -bound and bound in every layer.",
            parameters=(Parameter("bound", float, 0.1, "Largest weight.", minimum=0, maximum=1000, scale="log"),),
            draw="uniform",
            spread=lambda fan_in, fan_out, p: float(p["bound"]) / math.sqrt(3),
        ),
        Initialization(
            name="zeros",
            summary="All weights zero: units stay identical and hidden layers get no gradient.",
            draw="zero",
            spread=lambda fan_in, fan_out, p: 0.0,
        ),
    ),
)
