"""The script's training loop: a batch, its loss, the gradient, the update."""

from __future__ import annotations

from gradtui.catalog.tasks import TASKS
from gradtui.core.experiments.experiment import Experiment
from gradtui.script.data import whole
from gradtui.script.schedule import stepped

_CLIP = {"none": [], "norm": ["clip({})"], "value": ["nn.utils.clip_grad_value_(model.parameters(), {})"]}
_BY_NORM = '''\
@torch.no_grad()
def clip(threshold):
    """nn.utils.clip_grad_norm_ in float64, which holds the squares of the largest gradients too."""
    gradients = [weight.grad.double() for weight in model.parameters()]
    norm = torch.stack([gradient.norm() for gradient in gradients]).norm()
    for weight, gradient in zip(model.parameters(), gradients):
        weight.grad.copy_(gradient * (threshold / (norm + 1e-6)).clamp(max=1.0))'''


def clipping(experiment: Experiment) -> str:
    """The function that the loop clips by norm with, if it does."""
    return _BY_NORM if experiment.clip.by == "norm" else ""


def loop(experiment: Experiment, optimizers: bool) -> str:
    """The loop, which prints the loss of every step; `optimizers` says that there are several."""
    everything = whole(experiment)
    head = "for step in range(1, STEPS + 1):" if everything else "for step, (x, y) in zip(range(1, STEPS + 1), batches()):"
    body = [
        f"loss = {_loss(experiment, *(('inputs', 'targets') if everything else ('x', 'y')))}",
        'print(f"step {step}  loss {loss.item():.9g}")',
        "if not loss.isfinite():",
        "    break",
        *_on_each("zero_grad()", optimizers),
        "loss.backward()",
        *(line.format(repr(experiment.clip.threshold)) for line in _CLIP[experiment.clip.by]),
        *_on_each("step()", optimizers),
        *stepped(experiment, optimizers).splitlines(),
    ]
    return "\n".join([head, *(f"    {line}" for line in body)])


def _on_each(method: str, optimizers: bool) -> list[str]:
    return ["for optimizer in optimizers:", f"    optimizer.{method}"] if optimizers else [f"optimizer.{method}"]


def _loss(experiment: Experiment, inputs: str, targets: str) -> str:
    if experiment.task.loss == "mse":
        return f"F.mse_loss(model({inputs}), {targets})"
    if TASKS[experiment.task.name].per_step:
        return f"F.cross_entropy(model({inputs}).flatten(0, 1), {targets}.flatten())"
    return f"F.cross_entropy(model({inputs}), {targets})"
