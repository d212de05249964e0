"""The learning rate over a run, as a factor on it at every step."""

from __future__ import annotations

from collections.abc import Callable

from gradtui.catalog.schedules import SCHEDULES
from gradtui.core.experiments.experiment import Section


def factor(schedule: Section, steps: int) -> Callable[[int], float]:
    """The factor on the learning rate at a step, counted from 1, of a run of so many steps.

    A linear warm-up leads to where the schedule starts. What a plateau adds depends on the loss and is left out.
    """
    values = schedule.values()
    curve, warmup = SCHEDULES[schedule.name].curve, schedule.warmup
    length = values.get("period") or steps - warmup
    start = curve(0, length, values)

    def at(step: int) -> float:
        return start * step / warmup if step <= warmup else curve(step - 1 - warmup, length, values)

    return at


def moves(schedule: Section) -> bool:
    """Whether the learning rate can change at all."""
    return bool(schedule.name != "constant" or schedule.warmup)


def preview(schedule: Section, steps: int, points: int) -> list[float]:
    """The factor at so many steps spread over the run, both ends too; empty where it stays, and where it depends on the loss."""
    if not moves(schedule) or SCHEDULES[schedule.name].target:
        return []
    at = factor(schedule, steps)
    return [at(1 + round(point * (steps - 1) / max(1, points - 1))) for point in range(points)]
