"""Network families, and the normalizations they may hold."""

from __future__ import annotations

from gradtui.catalog.activations import ACTIVATIONS
from gradtui.catalog.entry import Catalog, Entry, Parameter
from gradtui.catalog.initializations import INITIALIZATIONS

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

FAMILIES = Catalog(
    "network",
    "What is trained.",
    (
        Entry(
            "mlp",
            "Fully connected layers of one width, then a linear output layer.",
            "gradtui.engine.networks.mlp:MLP",
            (
                Parameter("depth", int, 4, "Hidden layers.", minimum=1, maximum=200),
                Parameter("width", int, 32, "Units in a hidden layer.", minimum=1, maximum=4096),
                Parameter("activation", str, "relu", "The function between two layers.", catalog=ACTIVATIONS),
                Parameter("initialization", str, "default", "How weights are drawn.", catalog=INITIALIZATIONS),
                Parameter("normalization", str, "none", "Applied before the activation.", catalog=NORMALIZATIONS),
                Parameter("residual", bool, False, "Add a layer's input to its output wherever both have the same width."),
            ),
        ),
    ),
)
