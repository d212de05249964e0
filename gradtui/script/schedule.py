"""The script's schedule: the share of the learning rate at every step, as torch.optim.lr_scheduler takes it."""

from __future__ import annotations

import math
from typing import Any

from gradtui.core.experiments.experiment import Experiment
from gradtui.core.experiments.schedule import moves
from gradtui.script.data import count

_EASED = '''\
def eased(begin, end, share):
    """From begin to end along half a cosine."""
    return end + (begin - end) * (1 + math.cos(math.pi * share)) / 2


'''

_ONE_CYCLE = """\
    peak = {rise} * {length} - 1
    if at < peak:
        return eased({start}, 1.0, at / peak)
    return eased(1.0, {final}, (at - peak) / ({length} - 1 - peak))"""


def schedule(experiment: Experiment, optimizers: bool) -> str:
    """Definitions before the loop; empty where the rate stays. `optimizers` says that there are several."""
    section = experiment.schedule
    if not moves(section):
        return ""
    judges = section.name == "plateau"
    parts = [
        _EASED if section.name in ("cosine", "one-cycle") else "",
        _factor(experiment) if section.warmup or not judges else "",
        _each(_plateau(experiment), "plateau", optimizers) if judges else "",
        "\n" if judges and section.warmup else "",
        _each("torch.optim.lr_scheduler.LambdaLR({}, factor)", "schedule", optimizers) if section.warmup or not judges else "",
        f"\nWINDOW, window = {_window(experiment)}, []" if judges else "",
    ]
    return "".join(parts)


def stepped(experiment: Experiment, optimizers: bool) -> str:
    """The lines at the end of a step, without indentation."""
    section = experiment.schedule
    if not moves(section):
        return ""
    move = _call("schedule", "step()", optimizers)
    if section.name != "plateau":
        return move
    judged = f"""\
window.append(loss.item())
if len(window) == WINDOW:
{_indented(_call("plateau", "step(sum(window) / WINDOW)", optimizers))}
    window.clear()"""
    if not section.warmup:
        return judged
    return f"if step <= {section.warmup}:\n{_indented(move)}\nelse:\n{_indented(judged)}"


def _call(name: str, method: str, several: bool) -> str:
    return f"for {name} in {name}s:\n    {name}.{method}" if several else f"{name}.{method}"


def _each(made: str, name: str, several: bool) -> str:
    if several:
        return f"{name}s = [\n    {made.format('optimizer')}\n    for optimizer in optimizers\n]"
    return f"{name} = {made.format('optimizer')}"


def _indented(code: str) -> str:
    return "\n".join(f"    {line}" for line in code.splitlines())


def _plateau(experiment: Experiment) -> str:
    p = experiment.schedule
    least = f'min_lr={p.final!r} * {{0}}.param_groups[0]["lr"], ' if p.final else ""
    return (
        f"torch.optim.lr_scheduler.ReduceLROnPlateau({{0}}, factor={p.gamma!r}, patience={p.patience}, "
        f"threshold={p.threshold!r}, {least}eps=0)"
    )


def _window(experiment: Experiment) -> int:
    samples = count(experiment)
    return int(experiment.schedule.window or math.ceil(samples / (experiment.run.batch_size or samples)))


def _factor(experiment: Experiment) -> str:
    """The function of the step that LambdaLR multiplies the learning rate by."""
    section, values = experiment.schedule, experiment.schedule.values()
    warmup, steps = section.warmup, experiment.run.steps
    length = values.get("period") or steps - warmup
    start = f"{section.start!r} * " if section.name == "one-cycle" else ""
    warm = f"""\
    if step < {warmup}:
        return {start}(step + 1) / {warmup}
"""
    at = f"step - {warmup}" if warmup else "step"
    return f'''\
def factor(step):
    """The share of the learning rate that is taken in a step, counted from 0."""
{warm if warmup else ""}{_curve(section.name, values, length, at)}


'''


def _curve(name: str, p: dict[str, Any], length: int, at: str) -> str:
    grouped = f"({at})" if " " in at else at
    if name == "one-cycle":
        numbers = {key: repr(value) for key, value in p.items()}
        return f"    at = {at}\n" + _ONE_CYCLE.format(length=length, **numbers)
    if name == "step":
        return f"    return {p['gamma']!r} ** ({grouped} // {p['every'] or math.ceil(length / 3)})"
    if name == "exponential":
        return f"    return {p['final']!r} ** ({grouped} / {length})"
    if name == "cosine":
        return f"    return eased(1.0, {p['final']!r}, {grouped} / {length})"
    return "    return 1.0"
