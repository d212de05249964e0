"""The Lab's pictures in fixed states. After a wanted change: pytest tests/tui/test_snapshots.py --snapshot-update"""

import math

import pytest

from gradtui.core.measured import protocol
from gradtui.worker.mailbox import BackendLost
from tests.tui.lab import COMPACT, SIZE, Lab

WIDE = (200, 60)


async def started(lab, pilot, **options):
    lab.ready()
    await pilot.press("space")
    lab.start(**options)


def empty(lab):
    async def run(pilot):
        await pilot.pause()

    return run


def loading(lab):
    async def run(pilot):
        await pilot.press("space")

    return run


def vanishing(lab):
    async def run(pilot):
        await started(lab, pilot)
        lab.train(1240)

    return run


def exploding(lab):
    async def run(pilot):
        await started(lab, pilot, factor=8)
        lab.train(1240, factor=8)

    return run


def paused(lab):
    async def run(pilot):
        await started(lab, pilot, factor=1)
        lab.train(600, factor=0.97)
        lab.report(protocol.Changed(run=lab.run, step=300, key="optimizer.learning_rate", value=0.02))
        lab.report(protocol.Paused(run=lab.run, step=600))

    return run


def diverged(lab):
    async def run(pilot):
        await started(lab, pilot, factor=8)
        lab.train(300, factor=8)
        lab.train(330, factor=math.nan, loss=lambda step: math.nan)
        where = protocol.Divergence(step=301, layer="3", what="activation")
        lab.report(protocol.Ended(run=lab.run, status="diverged", step=330, divergence=where))

    return run


def lost(lab):
    async def run(pilot):
        await started(lab, pilot)
        lab.train(50)
        lab.report(BackendLost(-9, ("CUDA error: out of memory",)))

    return run


def deep(lab):
    async def run(pilot):
        await started(lab, pilot, factor=0.8, depth=150)
        lab.train(100, factor=0.8, depth=150)

    return run


def forms(lab):
    async def run(pilot):
        await pilot.press("2")

    return run


def lessons(lab):
    async def run(pilot):
        await vanishing(lab)(pilot)
        await pilot.press("e")

    return run


def presets(lab):
    async def run(pilot):
        await pilot.press("p")

    return run


@pytest.mark.parametrize(
    ("state", "size"),
    [
        (empty, SIZE),
        (loading, SIZE),
        (vanishing, SIZE),
        (exploding, SIZE),
        (paused, SIZE),
        (diverged, SIZE),
        (lost, SIZE),
        (deep, SIZE),
        (presets, SIZE),
        (lessons, SIZE),
        (lessons, COMPACT),
        (vanishing, COMPACT),
        (diverged, COMPACT),
        (forms, COMPACT),
        (vanishing, WIDE),
    ],
    ids=lambda value: value.__name__ if callable(value) else f"{value[0]}x{value[1]}",
)
def test_picture(snap_compare, state, size):
    lab = Lab()
    assert snap_compare(lab.app, terminal_size=size, run_before=state(lab))


@pytest.mark.parametrize("theme", ["textual-light", "ansi-dark"])
def test_picture_in_another_theme(snap_compare, theme):
    lab = Lab()

    async def run(pilot):
        lab.app.theme = theme
        await vanishing(lab)(pilot)

    assert snap_compare(lab.app, terminal_size=SIZE, run_before=run)
