"""What a run is doing, in the words that the screen uses."""

from __future__ import annotations

from enum import Enum


class Phase(Enum):
    """What the run is doing, in the words that the screen uses."""

    READY = "ready"
    STARTING = "starting"
    RUNNING = "training"
    PAUSED = "paused"
    DONE = "done"
    DIVERGED = "diverged"
    FAILED = "failed"


ACTIVE = (Phase.STARTING, Phase.RUNNING, Phase.PAUSED)
ENDED = {"done": Phase.DONE, "diverged": Phase.DIVERGED, "stopped": Phase.READY}
"""The phase that a run ends in, by how it ended."""
