"""Studies without a screen: drive one to its end, and say on stderr how far it is."""

from __future__ import annotations

import click

from gradtui.core.text import grouped, left
from gradtui.headless.progress import Share
from gradtui.headless.signals import noted
from gradtui.study.packing import Plan
from gradtui.worker.studying import Studying

_PATIENCE = 0.2
"""Seconds between two looks at what was told."""


def drive(studying: Studying) -> int:
    """Drive a study until it is done or cannot go on; the number of the signal that stopped it, or 0. Raises InvalidStudy."""
    received: list[int] = []
    with noted(received), Share() as progress:
        plan = studying.start()
        click.echo(f"gradtui: {forecast(studying, plan)}", err=True)
        while not studying.done and not studying.problem and not received:
            studying.advance(_PATIENCE)
            progress.show(studying.share, f"{grouped(len(studying.results))} cells done", studying.left)
    return next(iter(received), 0)


def forecast(studying: Studying, plan: Plan) -> str:
    """What is to be trained, before it is."""
    cells, known = studying.inquiry.expected(len(studying.results)), len(studying.results)
    seconds = plan.seconds * max(0, cells - known) / max(1, plan.cells)
    words = [f"about {grouped(cells)} cells", *([f"{grouped(known)} of them known"] if known else [])]
    words.append(f"{len(plan.stacks)} stack{'s' if len(plan.stacks) != 1 else ''} at first")
    words.append(f"about {left(max(1.0, seconds))} on {plan.processes} process{'es' if plan.processes != 1 else ''}")
    return ", ".join(words)
