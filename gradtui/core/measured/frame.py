"""Frames: what one sampled step measured, as plain numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from gradtui.core.frozen import Frozen
from gradtui.core.measured.bounds import Count, Few, Lane, Named

Number = Annotated[float, Field(allow_inf_nan=True)]
Layers = Mapping[str, tuple[Number | None, ...]]
"""One number per layer by quantity, from the layer next to the input to the output layer; None where not measured."""


@dataclass(frozen=True)
class Quantity:
    """Something that is measured per layer, or per what `place` says. `logarithmic` says how it is best drawn."""

    name: str
    title: str
    symbol: str
    help: str
    logarithmic: bool = True
    place: str = "layer"


QUANTITIES: dict[str, Quantity] = {
    quantity.name: quantity
    for quantity in (
        Quantity(
            "activation_gradient", "Gradient", "|dL/dh|", "L2 norm, over the batch, of the gradient that reaches a layer's output."
        ),
        Quantity("weight_gradient", "Weight gradient", "|dL/dW|", "L2 norm of the gradient of a layer's weights."),
        Quantity("activation_std", "Activation", "std h", "Standard deviation of a layer's output over batch and units."),
        Quantity("update_ratio", "Update", "|dW|/|W|", "Length of the step that the optimizer made, relative to the weights."),
        Quantity(
            "activation_gradient_rms",
            "Gradient per entry",
            "rms dL/dh",
            "Root mean square of the gradient that reaches a layer's output.",
        ),
        Quantity(
            "activation_mean", "Activation mean", "mean h", "Mean of a layer's output over batch and units.", logarithmic=False
        ),
        Quantity(
            "dead",
            "Dead units",
            "dead",
            "Share of units that are zero on all of the first 1024 validation samples.",
            logarithmic=False,
        ),
        Quantity(
            "saturated",
            "Saturated units",
            "saturated",
            "Share of outputs at the flat ends, on the first 1024 validation samples.",
            logarithmic=False,
        ),
    )
}

OVER_TIME = Quantity(
    "gradient_over_time",
    "Gradient over time",
    "|dL/dh_t|",
    "L2 norm, over the batch, of the gradient that reaches the last hidden layer at a time step.",
    place="time step",
)
"""What recurrent networks show by time step."""

DRAWN = {**QUANTITIES, OVER_TIME.name: OVER_TIME}
"""Every quantity that can be drawn as bars, the last one for recurrent networks only."""

STATISTICS: dict[str, str] = {
    "mean_weight_gradient": "Mean of |dL/dW| over a layer's entries.",
    "largest_weight_gradient": "Largest |dL/dW| of a layer's entries.",
    "zero_weight_gradients": "Exactly zero entries of a layer's dL/dW, as a share of all layers' entries.",
    "inactive": "Share of a ReLU layer's outputs that are at most zero.",
    "rarely_active": "Share of a ReLU layer's units that are active on less than 1 % of the inputs.",
    "beyond_five": "Share of a sigmoid or tanh layer's outputs whose pre-activations lie beyond -5 and 5.",
    "stuck": "Share of a sigmoid or tanh layer's units beyond SageMaker Debugger's limits on more than 99 % of the inputs.",
}
"""What other tools' rules are about, by layer: measured on validated frames, absent from others, and drawn nowhere."""

SHARES = ("dead", "saturated")
"""Quantities that run from 0 to 1."""


class Spread(Frozen):
    """A number that every step has, over the steps since the last frame: nothing between two frames is missed."""

    last: Number
    low: Number
    mean: Number
    high: Number
    count: Annotated[Count, Field(ge=1)] = 1

    def merged(self, newer: Spread) -> Spread:
        """Join with the spread that follows. A non-finite number stays visible: NaN wins over everything."""
        count = self.count + newer.count
        mean = self.mean * (self.count / count) + newer.mean * (newer.count / count)
        return Spread(last=newer.last, low=lower(self.low, newer.low), mean=mean, high=higher(self.high, newer.high), count=count)


def lower(a: float, b: float) -> float:
    """The smaller number; NaN where either is NaN."""
    return b if b < a or b != b else a


def higher(a: float, b: float) -> float:
    """The larger number; NaN where either is NaN."""
    return b if b > a or b != b else a


class Frame(Frozen):
    """What one sampled step of one lane measured.

    `step` counts from 1. `layers` describe that step's forward and backward pass, before its update, except the update ratio;
    validation and dead units are measured after it, on the validation set: on every tenth frame, on more in a young run.
    `gradient_over_time` is |dL/dh_t| of the last hidden layer at the time steps that are shown, empty where nothing recurs.
    """

    step: Annotated[Count, Field(ge=1)]
    loss: Spread
    gradient_norm: Spread
    learning_rate: Number
    layers: Named[Few[Number | None]]
    gradient_over_time: Few[Number] = ()
    validation_loss: Number | None = None
    validation_accuracy: Number | None = None
    steps_per_second: Number | None = None
    lane: Lane = 0

    def completed(self, older: Frame) -> Frame:
        """This frame, with what it did not measure taken from an older one."""
        missing = {name: values for name, values in older.layers.items() if all(v is None for v in self.layers.get(name, ()))}
        validated = older if self.validation_loss is None else self
        return self.model_copy(
            update={
                "layers": {**self.layers, **missing},
                "validation_loss": validated.validation_loss,
                "validation_accuracy": validated.validation_accuracy,
            }
        )

    def merged(self, newer: Frame) -> Frame:
        """One frame for both: the newer one, completed, with the spreads of both."""
        spreads = {"loss": self.loss.merged(newer.loss), "gradient_norm": self.gradient_norm.merged(newer.gradient_norm)}
        return newer.completed(self).model_copy(update=spreads)
