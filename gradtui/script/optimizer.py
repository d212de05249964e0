"""The script's optimizer: the class of torch.optim, called with the arguments that the engine calls it with."""

from __future__ import annotations

from typing import Any

from gradtui.catalog.optimizers import OPTIMIZERS
from gradtui.core.experiments.experiment import Experiment, Section

_LION = '''\
class Lion(torch.optim.Optimizer):
    """Moves every weight by the learning rate, along the sign of an average of gradients (Chen 2023)."""

    def __init__(self, params, lr, betas, weight_decay):
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            kept_for_step, kept = group["betas"]
            for weight in group["params"]:
                average = self.state[weight].setdefault("average", torch.zeros_like(weight))
                direction = torch.lerp(weight.grad, average, kept_for_step).sign()
                weight.mul_(1 - group["lr"] * group["weight_decay"]).sub_(direction, alpha=group["lr"])
                average.lerp_(weight.grad, 1 - kept)


'''

_MUON = """\
matrices = [weight for weight in model.parameters() if weight.ndim == 2]
hidden = matrices[{first}:-1]  # neither what takes the input nor what gives the output
others = [weight for weight in model.parameters() if not any(weight is matrix for matrix in hidden)]
optimizers = [
    torch.optim.Muon(hidden, {hidden}),
    torch.optim.AdamW(others, {others}),
]"""


def optimizer(experiment: Experiment, hidden_matrices: bool) -> str:
    """`optimizer`, or `optimizers` where two share the weights; `hidden_matrices` says whether the network has any."""
    section = experiment.optimizer
    chosen = OPTIMIZERS[section.name]
    arguments = _arguments(section, chosen.arguments(_values(section)))
    if chosen.rest is not None:
        others = _arguments(section, chosen.rest.arguments(_values(section)))
        if hidden_matrices:
            first = 2 if experiment.network.values().get("positions") == "learned" else 1
            return _MUON.format(hidden=arguments, others=others, first=first)
        return f"optimizer = torch.optim.AdamW(model.parameters(), {others})"
    if section.name == "lion":
        return f"{_LION}optimizer = Lion(model.parameters(), {arguments})"
    return f"optimizer = torch.optim.{chosen.target.partition(':')[2]}(model.parameters(), {arguments})"


def _values(section: Section) -> dict[str, Any]:
    return {name: value for name, value in section.values().items() if name != "name"}


def _arguments(section: Section, arguments: dict[str, Any]) -> str:
    """Keyword arguments as code; the tutorial's learning rate as the product that it is."""
    texts = {name: repr(value) for name, value in arguments.items()}
    if section.name == "momentum":
        texts["lr"] = f"{section.learning_rate!r} * (1 - {section.momentum!r})"
    return ", ".join(f"{name}={text}" for name, text in texts.items())
