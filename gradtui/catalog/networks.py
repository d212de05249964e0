"""Network families."""

from __future__ import annotations

from dataclasses import dataclass

from gradtui.catalog.activations import ACTIVATIONS
from gradtui.catalog.entry import Catalog, Entry, Parameter
from gradtui.catalog.initializations import INITIALIZATIONS
from gradtui.catalog.normalizations import NORMALIZATIONS
from gradtui.catalog.recurrences import RECURRENCES
from gradtui.catalog.tasks import Form, Task


@dataclass(frozen=True, kw_only=True)
class Family(Entry):
    """`forms` are what a network of the family can be given, best first. `gates` are the weight matrices between two time steps
    of a recurrent layer; 0 where nothing recurs.
    """

    forms: tuple[Form, ...]
    gates: int = 0

    def form(self, task: Task) -> Form | None:
        """What it is given of a task; None where the task has nothing for it."""
        return next((form for form in self.forms if form in task.forms), None)


DEPTH = Parameter("depth", int, 4, "Hidden layers.", minimum=1, maximum=200)
WIDTH = Parameter("width", int, 32, "Units in a hidden layer.", minimum=1, maximum=4096)
ACTIVATION = Parameter("activation", str, "relu", "The function between two layers.", catalog=ACTIVATIONS)
INITIALIZATION = Parameter("initialization", str, "default", "How weights are drawn.", catalog=INITIALIZATIONS)
NORMALIZATION = Parameter("normalization", str, "none", "Applied before the activation.", catalog=NORMALIZATIONS)
RESIDUAL = (
    Parameter("residual", bool, False, "Add what enters a branch to what leaves it, wherever both have the same width."),
    Parameter(
        "branch_layers",
        int,
        1,
        "Layers in a residual branch; the last of two has no activation. A layer left over stays plain.",
        minimum=1,
        maximum=2,
        idle_when=("residual", False),
    ),
    Parameter(
        "residual_scale",
        bool,
        False,
        "Divide every branch by the square root of their number.",
        idle_when=("residual", False),
    ),
)

_RECURRENT_DEPTH = Parameter("depth", int, 1, "Recurrent layers, one on the other.", minimum=1, maximum=16)
_RECURRENT_ACTIVATION = Parameter(
    "activation", str, "tanh", "The function between two layers, and between two time steps.", catalog=ACTIVATIONS
)
_RECURRENCE = Parameter(
    "recurrent", str, "same", "How the weights between two time steps are drawn.", catalog=RECURRENCES, label="recurrent weights"
)

FAMILIES = Catalog(
    "network",
    "What is trained.",
    (
        Family(
            name="mlp",
            summary="Fully connected layers of one width, then a linear output layer.",
            target="gradtui.engine.networks.mlp:MLP",
            parameters=(DEPTH, WIDTH, ACTIVATION, INITIALIZATION, NORMALIZATION, *RESIDUAL),
            forms=("vector",),
        ),
        Family(
            name="rnn",
            summary="A hidden state that is its own input a time step later (Elman 1990): gradients vanish or explode over time.",
            target="gradtui.engine.networks.recurrent:rnn",
            parameters=(_RECURRENT_DEPTH, WIDTH, _RECURRENT_ACTIVATION, INITIALIZATION, _RECURRENCE),
            forms=("sequence",),
            gates=1,
        ),
        Family(
            name="irnn",
            summary="An RNN whose recurrent weights start as the identity, its biases at zero, with ReLU (Le 2015).",
            target="gradtui.engine.networks.recurrent:rnn",
            parameters=(_RECURRENT_DEPTH, WIDTH, ACTIVATION, INITIALIZATION),
            forms=("sequence",),
            gates=1,
        ),
        Family(
            name="gru",
            summary="Two gates decide what of the hidden state is replaced (Cho 2014).",
            target="gradtui.engine.networks.recurrent:gru",
            parameters=(_RECURRENT_DEPTH, WIDTH, INITIALIZATION, _RECURRENCE),
            forms=("sequence",),
            gates=3,
        ),
        Family(
            name="lstm",
            summary="A cell that gates let in, keep and let out (Hochreiter & Schmidhuber 1997; forget gate: Gers 2000).",
            target="gradtui.engine.networks.recurrent:lstm",
            parameters=(
                _RECURRENT_DEPTH,
                WIDTH,
                INITIALIZATION,
                _RECURRENCE,
                Parameter(
                    "forget_bias",
                    float,
                    1.0,
                    "Where the forget gate's bias starts: 1 keeps the cell, 0 halves it a time step (Jozefowicz 2015).",
                    minimum=-100,
                    maximum=100,
                ),
            ),
            forms=("sequence",),
            gates=4,
        ),
        Family(
            name="cnn",
            summary="3x3 convolutions of an 8x8 image, the mean of each channel, then a linear output layer (LeCun 1989).",
            target="gradtui.engine.networks.cnn:CNN",
            parameters=(
                DEPTH,
                Parameter("width", int, 16, "Channels of a hidden layer.", minimum=1, maximum=1024),
                ACTIVATION,
                INITIALIZATION,
                NORMALIZATION,
                *RESIDUAL,
            ),
            forms=("image",),
        ),
        Family(
            name="transformer",
            summary="Blocks of causal attention and feed-forward layers: a language model (Vaswani 2017).",
            target="gradtui.engine.networks.transformer:Transformer",
            parameters=(
                Parameter("depth", int, 4, "Blocks of attention and feed-forward.", minimum=1, maximum=100),
                Parameter("width", int, 32, "Numbers for each character, the residual stream.", minimum=1, maximum=4096),
                Parameter("heads", int, 4, "Attention heads, which share the width.", minimum=1, maximum=64, divides="width"),
                Parameter(
                    "feed_forward", int, 4, "Width of the feed-forward layer, in widths of the stream.", minimum=1, maximum=16
                ),
                ACTIVATION,
                INITIALIZATION,
                Parameter("normalization", str, "layer", "What keeps the stream in range.", choices=("layer", "rms")),
                Parameter(
                    "placement",
                    str,
                    "pre",
                    "Normalize what enters each branch (pre), or the stream after it (post), which wants warm-up (Xiong 2020).",
                    choices=("pre", "post"),
                    label="norm placement",
                ),
                Parameter(
                    "positions",
                    str,
                    "learned",
                    "How a place in the window is told: learned, or sines.",
                    choices=("learned", "fixed"),
                ),
            ),
            forms=("tokens",),
        ),
    ),
)
