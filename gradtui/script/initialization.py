"""The script's first weights, drawn in the order of the engine."""

from __future__ import annotations

from gradtui.catalog.initializations import INITIALIZATIONS
from gradtui.catalog.normalizations import NORMALIZATIONS
from gradtui.core.experiments.experiment import Section

SEEDED = "torch.manual_seed(SEED)"
_SAMPLES_FOR_VARIANCE = 256


def drawn(network: Section, weight: str) -> str:
    """The statement that fills a weight as the experiment's initialization says; `weight` is an expression for it."""
    values = {"gain": 1.0, "std": 1.0, "bound": 1.0, **network.values()}
    gain, std, bound = values["gain"], values["std"], values["bound"]
    times, argument = (f".mul_({gain!r})", f", gain={gain!r}") if gain != 1 else ("", "")
    eye = f"(nn.init.dirac_ if {weight}.ndim == 4 else nn.init.eye_)" if network.family == "cnn" else "nn.init.eye_"
    return {
        "xavier-normal": f"nn.init.xavier_normal_({weight}{argument})",
        "xavier-uniform": f"nn.init.xavier_uniform_({weight}{argument})",
        "he-normal": f"nn.init.kaiming_normal_({weight}){times}",
        "he-uniform": f"nn.init.kaiming_uniform_({weight}){times}",
        "lecun-normal": f'nn.init.kaiming_normal_({weight}, nonlinearity="linear"){times}',
        "lecun-uniform": f'nn.init.kaiming_uniform_({weight}, nonlinearity="linear"){times}',
        "orthogonal": f"nn.init.orthogonal_({weight}{argument})",
        "identity": f"{eye}({weight}){times}",
        "fixup": f"nn.init.kaiming_normal_({weight})",
        "lsuv": f"nn.init.orthogonal_({weight})",
        "normal": f"nn.init.normal_({weight}, std={std!r})",
        "uniform": f"nn.init.uniform_({weight}, -{bound!r}, {bound!r})",
        "zeros": f"nn.init.zeros_({weight})",
    }[network.initialization]


def bias(network: Section, name: str) -> str:
    """The statement that fills the bias of a linear layer or a convolution."""
    varies = INITIALIZATIONS[network.initialization].bias_variance(1, network.values()) > 0
    return f"nn.init.normal_({name}, std={network.bias_std!r})" if varies else f"nn.init.zeros_({name})"


def made(network: Section, model: str, branches: int = 0) -> str:
    """`model`, the expression that builds it, with weights; PyTorch's own where that is what the experiment asks for. `branches`
    are its residual ones.
    """
    built = f"model = {model}"
    if network.initialization == "default":
        return f"{SEEDED}\n{built}"
    embedded = """\
        if isinstance(module, nn.Embedding):
            nn.init.normal_(module.weight)
"""
    kinds = "(nn.Conv2d, nn.Linear)" if network.family == "cnn" else "nn.Linear"
    return f'''\
@torch.no_grad()
def initialize(model):
    """{INITIALIZATIONS[network.initialization].summary}"""
    for module in model.modules():
{embedded if network.family == "transformer" else ""}\
        if isinstance(module, {kinds}):
            {drawn(network, "module.weight")}
{_biases(network)}{_rescaled(network, kinds, branches)}


{built}
{SEEDED}
initialize(model)'''


def _biases(network: Section) -> str:
    """The lines that fill a module's bias; before a batch normalization there is none."""
    filled = bias(network, "module.bias")
    if NORMALIZATIONS[network.values().get("normalization", "none")].over_batch:
        return f"            if module.bias is not None:\n                {filled}"
    return f"            {filled}"


def _rescaled(network: Section, kinds: str, branches: int) -> str:
    rescaled = INITIALIZATIONS[network.initialization].rescaled
    if rescaled == "fixup" and branches:
        return _FIXUP.format(kinds=kinds, branches=branches)
    return _LSUV.format(kinds=kinds, samples=_SAMPLES_FOR_VARIANCE) if rescaled == "lsuv" else ""


_FIXUP = """
    for block in model:
        if isinstance(block, Residual):
            *first, last = [module for module in block.modules() if isinstance(module, {kinds})]
            last.weight.zero_()
            for module in first:
                module.weight *= {branches} ** -0.5"""

_LSUV = """
    model.eval()
    for weighted in [module for module in model.modules() if isinstance(module, {kinds})]:
        made = []
        hook = weighted.register_forward_hook(lambda module, given, output: made.append(output))
        model(inputs[:{samples}])
        hook.remove()
        if made[0].std(correction=0) > 0:
            weighted.weight /= made[0].std(correction=0)
    model.train()"""
