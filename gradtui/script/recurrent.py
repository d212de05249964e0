"""The script's recurrent networks: nn.RNN, nn.GRU and nn.LSTM, and a loop over time for other activations."""

from __future__ import annotations

from gradtui.catalog.networks import FAMILIES
from gradtui.catalog.tasks import TASKS
from gradtui.core.experiments.experiment import Experiment, Section
from gradtui.script import initialization
from gradtui.script.model import activation

_OWN_CELL = '''\
class Elman(nn.Module):
    """nn.RNN with another activation: h_t = phi(W x_t + b + U h_(t-1) + c), layer by layer."""

    def __init__(self):
        super().__init__()
        for layer in range(DEPTH):
            sizes = {{"weight_ih": (WIDTH, WIDTH if layer else FEATURES), "weight_hh": (WIDTH, WIDTH)}}
            for name, size in {{**sizes, "bias_ih": (WIDTH,), "bias_hh": (WIDTH,)}}.items():
                self.register_parameter(f"{{name}}_l{{layer}}", nn.Parameter(torch.empty(size)))
        self.activation = {activation}

    def forward(self, sequence):
        for layer in range(DEPTH):
            names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
            given, kept, *biases = (getattr(self, f"{{name}}_l{{layer}}") for name in names)
            h, states = sequence.new_zeros(len(sequence), WIDTH), []
            for x in F.linear(sequence, given, sum(biases)).unbind(1):
                h = self.activation(x + F.linear(h, kept))
                states.append(h)
            sequence = torch.stack(states, 1)
        return sequence, h


'''

_MODEL = '''\
class Network(nn.Module):
    """Recurrent layers, then a linear output of {answered}."""

    def __init__(self):
        super().__init__()
        self.recurrent = {layers}
        self.out = nn.Linear(WIDTH, OUTPUTS)

    def forward(self, sequence):
        states, _ = self.recurrent(sequence)
        return self.out({states})


@torch.no_grad()
def initialize(model):
    """Gate by gate, first what the inputs give to a layer, then what it gives to itself a time step later."""
    for layer in range(DEPTH):
        weights, biases = (getattr(model.recurrent, f"{{name}}_ih_l{{layer}}") for name in ("weight", "bias"))
        for weight, bias in zip(weights.chunk(GATES), biases.chunk(GATES)):
{given}
        weights, biases = (getattr(model.recurrent, f"{{name}}_hh_l{{layer}}") for name in ("weight", "bias"))
        for weight, bias in zip(weights.chunk(GATES), biases.chunk(GATES)):
{kept}
{out}


model = Network()
torch.manual_seed(SEED)
initialize(model)'''

_MODULES = {"gru": "nn.GRU(FEATURES, WIDTH, DEPTH, batch_first=True)", "lstm": "nn.LSTM(FEATURES, WIDTH, DEPTH, batch_first=True)"}


def recurrent(experiment: Experiment) -> str:
    """The model of a recurrent family, with its first weights."""
    network, per_step = experiment.network, TASKS[experiment.task.name].per_step
    elman = network.family in ("rnn", "irnn")
    own = elman and network.activation not in ("tanh", "relu")
    if elman:
        named = f'nn.RNN(FEATURES, WIDTH, DEPTH, nonlinearity="{network.activation}", batch_first=True)'
        layers = "Elman()" if own else named
    else:
        layers = _MODULES[network.family]
    constants = f"WIDTH = {network.width}\nDEPTH = {network.depth}\nGATES = {FAMILIES[network.family].gates}\n\n\n"
    written = _MODEL.format(
        answered="every time step" if per_step else "the last time step",
        layers=layers,
        states="states" if per_step else "states[:, -1]",
        given=_lines(_drawn(network, "same", gives=True), 8),
        kept=_lines(_drawn(network, "identity" if network.family == "irnn" else network.recurrent, gives=False), 8),
        out=_lines(_out(network), 4),
    )
    return constants + (_OWN_CELL.format(activation=activation(network)) if own else "") + written


def _drawn(network: Section, recurrence: str, gives: bool) -> list[str]:
    """The body of a loop over gates that fills weight and bias, and what follows it; `gives` says whether they are those of the
    inputs.
    """
    default, identity = network.initialization == "default", network.family == "irnn"
    uniform = "nn.init.uniform_({}, -(WIDTH**-0.5), WIDTH**-0.5)"
    gain = network.values().get("recurrent_gain", 1.0)
    drawn = {
        "identity": f"nn.init.eye_(weight).mul_({gain!r})" if gain != 1 else "nn.init.eye_(weight)",
        "orthogonal": f"nn.init.orthogonal_(weight, gain={gain!r})",
        "same": uniform.format("weight") if default else "",
    }[recurrence] or initialization.drawn(network, "weight")
    if default and not identity:
        bias = uniform.format("bias")
    elif gives and not identity:
        bias = f"nn.init.normal_(bias, std={network.values().get('bias_std', 0.0)!r})"
    else:
        bias = "nn.init.zeros_(bias)"
    return [f"    {drawn}", f"    {bias}", *_forget(network, gives)]


def _forget(network: Section, gives: bool) -> list[str]:
    """The forget gate's own bias, where the one that was drawn has to go: one of the two holds it."""
    if network.family != "lstm" or not (gives or network.initialization == "default"):
        return []
    return [f"biases.chunk(GATES)[1].fill_({network.forget_bias if gives else 0.0!r})  # the forget gate"]


def _out(network: Section) -> list[str]:
    if network.initialization == "default":
        return ["model.out.reset_parameters()"]
    return [initialization.drawn(network, "model.out.weight"), initialization.bias(network, "model.out.bias")]


def _lines(statements: list[str], indent: int) -> str:
    return "\n".join(" " * indent + line for line in statements)
