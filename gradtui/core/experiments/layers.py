"""The names of a network's layers: the same for the network that is built and for what is drawn before it is."""

from __future__ import annotations

from itertools import chain

from gradtui.core.experiments.experiment import Section


def layer_names(network: Section) -> tuple[str, ...]:
    """From the layer next to the input to the output layer."""
    blocks = range(1, network.depth + 1)
    if network.family == "transformer":
        return ("embed", *chain.from_iterable((f"{block} attn", f"{block} ff") for block in blocks), "out")
    return (*map(str, blocks), "out")
