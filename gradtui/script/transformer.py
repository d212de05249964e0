"""The script's transformer: embedded tokens and positions, then blocks of causal attention and feed-forward."""

from __future__ import annotations

from gradtui.catalog.normalizations import NORMALIZATIONS
from gradtui.core.experiments.experiment import Experiment
from gradtui.script import initialization
from gradtui.script.model import activation

_PRE = """\
        h = h + self.attend(self.norms[0](h))
        return h + self.feed_forward(self.norms[1](h))"""

_POST = """\
        h = self.norms[0](h + self.attend(h))
        return self.norms[1](h + self.feed_forward(h))"""

_SINES = '''\
def sines():
    """Sines and cosines of wavelengths from 2 pi to 10000 x 2 pi (Vaswani 2017)."""
    angles = torch.arange(LENGTH)[:, None] * 10_000.0 ** (-torch.arange(0, WIDTH, 2) / WIDTH)
    return torch.stack([angles.sin(), angles.cos()], dim=2).flatten(1)[:, :WIDTH]


'''

_MODEL = '''\
class Attention(nn.Module):
    """Causal self-attention of several heads: a step sees itself and those before it."""

    def __init__(self):
        super().__init__()
        self.project = nn.Linear(WIDTH, 3 * WIDTH)
        self.mix = nn.Linear(WIDTH, WIDTH)

    def forward(self, h):
        heads = self.project(h).unflatten(-1, (3, HEADS, WIDTH // HEADS))
        query, key, value = heads.permute(2, 0, 3, 1, 4)
        found = F.scaled_dot_product_attention(query, key, value, is_causal=True)
        return self.mix(found.transpose(1, 2).flatten(2))


class Block(nn.Module):
    """Attention, then a feed-forward layer, each added to what enters it."""

    def __init__(self):
        super().__init__()
        self.attend = Attention()
        self.feed_forward = nn.Sequential(nn.Linear(WIDTH, INNER), {activation}, nn.Linear(INNER, WIDTH))
        self.norms = nn.ModuleList({norm} for _ in range(2))

    def forward(self, h):
{forward}


class Transformer(nn.Module):
    """From tokens to what follows each of them."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(FEATURES, WIDTH)
        {positions}
        self.blocks = nn.Sequential(*[Block() for _ in range(DEPTH)])
        self.norm = {last}
        self.out = nn.Linear(WIDTH, OUTPUTS)

    def forward(self, tokens):
        h = self.embed(tokens) + self.positions{weight}
        return self.out(self.norm(self.blocks(h)))


'''


def transformer(experiment: Experiment) -> str:
    """The model of a transformer, with its first weights."""
    network = experiment.network
    pre, learned = network.placement == "pre", network.positions == "learned"
    norm = f"{NORMALIZATIONS[network.normalization].module}(WIDTH)"
    constants = {
        "WIDTH": network.width,
        "INNER": network.feed_forward * network.width,
        "HEADS": network.heads,
        "DEPTH": network.depth,
    }
    return "".join(
        [
            "\n".join(f"{name} = {value}" for name, value in constants.items()) + "\n\n\n",
            "" if learned else _SINES,
            _MODEL.format(
                activation=activation(network),
                norm=norm,
                forward=_PRE if pre else _POST,
                last=norm if pre else "nn.Identity()",
                positions="self.positions = nn.Embedding(LENGTH, WIDTH)"
                if learned
                else 'self.register_buffer("positions", sines())',
                weight=".weight" if learned else "",
            ),
            initialization.made(network, "Transformer()"),
        ]
    )
