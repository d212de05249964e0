"""What a run is doing, in the words that the screen uses."""

from __future__ import annotations

from enum import Enum

from gradtui.core.measured.protocol import Continued, Ended, Failed, Paused, Report, Resumed, Started


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


def after(phase: Phase, report: Report, starts_paused: bool) -> Phase:
    """What a run does once it is known what the backend reports of it."""
    match report:
        case Started() | Continued() if phase is Phase.STARTING:
            return Phase.PAUSED if starts_paused else Phase.RUNNING
        case Paused():
            return Phase.PAUSED
        case Resumed():
            return Phase.RUNNING
        case Ended():
            return ENDED[report.status]
        case Failed():
            return Phase.FAILED
    return phase
