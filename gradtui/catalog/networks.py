"""Network families, and the normalizations they may hold."""

from __future__ import annotations

from dataclasses import dataclass

from gradtui.catalog.activations import ACTIVATIONS
from gradtui.catalog.entry import Catalog, Entry, Parameter
from gradtui.catalog.initializations import INITIALIZATIONS
from gradtui.catalog.recurrences import RECURRENCES
from gradtui.catalog.tasks import Form

NORMALIZATIONS = Catalog(
    "normalization",
    "What keeps each layer's pre-activations in range.",
    (
        Entry("none", "Pre-activations are left as they are."),
        Entry(
            "batch",
            "Each unit to mean 0 and variance 1 over the batch, then scale and shift (Ioffe & Szegedy 2015).",
            "torch.nn:BatchNorm1d",
        ),
        Entry(
            "layer",
            "Each sample to mean 0 and variance 1 over the units, then scale and shift (Ba 2016).",
            "torch.nn:LayerNorm",
        ),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Family(Entry):
    """`forms` are what a network of the family can be given, best first. `gates` are the weight matrices between two time steps
    of a recurrent layer; 0 where nothing recurs.
    """

    forms: tuple[Form, ...]
    gates: int = 0


_WIDTH = Parameter("width", int, 32, "Units in a hidden layer.", minimum=1, maximum=4096)
_ACTIVATION = Parameter("activation", str, "relu", "The function between two layers.", catalog=ACTIVATIONS)
_INITIALIZATION = Parameter("initialization", str, "default", "How weights are drawn.", catalog=INITIALIZATIONS)

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
            parameters=(
                Parameter("depth", int, 4, "Hidden layers.", minimum=1, maximum=200),
                _WIDTH,
                _ACTIVATION,
                _INITIALIZATION,
                Parameter("normalization", str, "none", "Applied before the activation.", catalog=NORMALIZATIONS),
                Parameter("residual", bool, False, "Add a layer's input to its output wherever both have the same width."),
            ),
            forms=("vector",),
        ),
        Family(
            name="rnn",
            summary="A hidden state that is its own input a time step later (Elman 1990): gradients vanish or explode over time.",
            target="gradtui.engine.networks.recurrent:rnn",
            parameters=(_RECURRENT_DEPTH, _WIDTH, _RECURRENT_ACTIVATION, _INITIALIZATION, _RECURRENCE),
            forms=("sequence",),
            gates=1,
        ),
        Family(
            name="irnn",
            summary="An RNN whose recurrent weights start as the identity, its biases at zero, with ReLU (Le 2015).",
            target="gradtui.engine.networks.recurrent:rnn",
            parameters=(_RECURRENT_DEPTH, _WIDTH, _ACTIVATION, _INITIALIZATION),
            forms=("sequence",),
            gates=1,
        ),
        Family(
            name="gru",
            summary="Two gates decide what of the hidden state is replaced (Cho 2014).",
            target="gradtui.engine.networks.recurrent:gru",
            parameters=(_RECURRENT_DEPTH, _WIDTH, _INITIALIZATION, _RECURRENCE),
            forms=("sequence",),
            gates=3,
        ),
        Family(
            name="lstm",
            summary="A cell that gates let in, keep and let out (Hochreiter & Schmidhuber 1997; forget gate: Gers 2000).",
            target="gradtui.engine.networks.recurrent:lstm",
            parameters=(
                _RECURRENT_DEPTH,
                _WIDTH,
                _INITIALIZATION,
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
    ),
)
