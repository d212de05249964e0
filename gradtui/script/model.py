"""The script's network: layers and branches of an mlp or a cnn in a row; recurrent ones and transformers stand beside it."""

from __future__ import annotations

from itertools import groupby

from gradtui.catalog.activations import ACTIVATIONS
from gradtui.catalog.normalizations import NORMALIZATIONS
from gradtui.catalog.tasks import TASKS
from gradtui.core.experiments.branches import Place, places
from gradtui.core.experiments.experiment import Experiment, Section
from gradtui.script import initialization

_OVER_CHANNELS = '''\
class ChannelNorm({norm}):
    """Normalizes every pixel over its channels."""

    def forward(self, images):
        return super().forward(images.movedim(1, -1)).movedim(-1, 1)


'''

_RESIDUAL = '''\
class Residual(nn.Sequential):
    """Adds what enters it to what its layers make of it."""

    def forward(self, x):
        return x + {scale}super().forward(x)


'''


def activation(network: Section) -> str:
    """The expression for the network's activation as a module."""
    chosen = ACTIVATIONS[network.activation]
    arguments = ", ".join(f"{parameter.name}={getattr(network, parameter.name)!r}" for parameter in chosen.parameters)
    return f"nn.{chosen.target.partition(':')[2]}({arguments})"


def feedforward(experiment: Experiment) -> str:
    """The model of an mlp or a cnn, with its first weights."""
    network = experiment.network
    convolves = network.family == "cnn"
    first = 1 if convolves else TASKS[experiment.task.name].features(experiment.task.values())
    placed = places(network, first == network.width)
    branches = sum(place.closes for place in placed)
    ends = ["nn.AdaptiveAvgPool2d(1)", "nn.Flatten()"] if convolves else []
    rows = [*_hidden(placed, "1" if convolves else "FEATURES", network), *ends, "nn.Linear(WIDTH, OUTPUTS)"]
    model = "\n".join(["nn.Sequential(", *(f"    {row}," for row in rows), ")"])
    over_channels = convolves and network.normalization in ("layer", "rms")
    return "".join(
        [
            f"WIDTH = {network.width}\n\n\n",
            _OVER_CHANNELS.format(norm=NORMALIZATIONS[network.normalization].module) if over_channels else "",
            _layer(network),
            _RESIDUAL.format(scale=f"{branches} ** -0.5 * " if network.residual_scale else "") if branches else "",
            initialization.made(network, model, branches),
        ]
    )


def _layer(network: Section) -> str:
    modules = [_weighted(network, "inputs", "outputs"), *_norm(network, "outputs"), activation(network)]
    return f'''\
def layer(inputs, outputs):
    """{"A convolution that keeps the image's size" if network.family == "cnn" else "A linear map"}, then what is done to it."""
    return nn.Sequential({", ".join(modules)})


'''


def _weighted(network: Section, inputs: str, outputs: str) -> str:
    """Without a bias where batch normalization would take it away again."""
    unbiased = ", bias=False" if NORMALIZATIONS[network.normalization].over_batch else ""
    if network.family == "cnn":
        return f"nn.Conv2d({inputs}, {outputs}, 3, padding=1{unbiased})"
    return f"nn.Linear({inputs}, {outputs}{unbiased})"


def _norm(network: Section, width: str) -> list[str]:
    if network.normalization == "none":
        return []
    if network.family == "mlp":
        return [f"{NORMALIZATIONS[network.normalization].module}({width})"]
    return [f"nn.BatchNorm2d({width})" if NORMALIZATIONS[network.normalization].over_batch else f"ChannelNorm({width})"]


def _hidden(placed: list[Place], first: str, network: Section) -> list[str]:
    """The hidden layers as arguments of nn.Sequential, equal ones together."""
    blocks = [_block(place, network) for place in placed if not (place.opens and not place.closes)]
    if not placed[0].opens:
        blocks[0] = f"layer({first}, WIDTH)"
    rows = []
    for block, alike in groupby(blocks):
        number = len(list(alike))
        rows.append(block if number == 1 else f"*[{block} for _ in range({number})]")
    return rows


def _block(place: Place, network: Section) -> str:
    if not place.closes:
        return "layer(WIDTH, WIDTH)"
    if place.opens:
        return "Residual(layer(WIDTH, WIDTH))"
    return f"Residual({', '.join(['layer(WIDTH, WIDTH)', _weighted(network, 'WIDTH', 'WIDTH'), *_norm(network, 'WIDTH')])})"
