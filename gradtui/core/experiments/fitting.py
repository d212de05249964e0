"""What of an experiment fits together: which tasks a network takes, and which schedules a run has time for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gradtui.catalog.networks import FAMILIES
from gradtui.catalog.tasks import TASKS

Misfit = tuple[str, str, str]
"""Where, what does not fit, and what would."""


def fitting(family: str) -> tuple[str, ...]:
    """The tasks that a network family can be trained on."""
    return tuple(name for name, task in TASKS.items() if FAMILIES[family].form(task))


def task_for(family: object, task: str) -> str:
    """The task, or the first that the family takes if it does not take this one; what is no family changes nothing."""
    tasks = fitting(family) if isinstance(family, str) and family in FAMILIES else ()
    return task if task in tasks or not tasks else tasks[0]


def misfits(tables: Mapping[str, Mapping[str, Any]]) -> list[Misfit]:
    """What does not fit together although each of these tables by itself is right. A table that is not given is not looked at."""
    found = []
    if "network" in tables and "task" in tables:
        family, task = tables["network"]["family"], tables["task"]["name"]
        if task not in fitting(family):
            problem = f"{task} gives {_listed(TASKS[task].forms)}, which {family} does not take."
            found.append(("task.name", problem, "one of " + ", ".join(fitting(family))))
    if "schedule" in tables and "run" in tables:
        found += _misfits_in_time(tables["schedule"], tables["run"]["steps"])
    return found


def _misfits_in_time(schedule: Mapping[str, Any], steps: int) -> list[Misfit]:
    left = steps - schedule["warmup"]
    if left <= 0:
        problem = f"a warm-up of {schedule['warmup']} steps leaves nothing of a run of {steps}."
        return [("schedule.warmup", problem, f"a whole number from 0 to {steps - 1}")]
    if 0 < schedule.get("period", 0) < left:
        problem = f"the schedule would end after {schedule['warmup'] + schedule['period']} of the run's {steps} steps."
        return [("schedule.period", problem, f"0 for as long as the run, or a whole number from {left}")]
    return []


def _listed(forms: Iterable[str]) -> str:
    articles = {"image": "an image", "tokens": "tokens"}
    return " or ".join(articles.get(form, f"a {form}") for form in forms)
