"""Frames and backends for tests that need no training."""

from __future__ import annotations

from gradtui.core.measured import protocol
from gradtui.core.measured.frame import Frame, Spread


def spread(value: float) -> Spread:
    return Spread(last=value, low=value, mean=value, high=value)


def frame(step: int, loss: float = 1.0, lane: int = 0) -> Frame:
    return Frame(step=step, loss=spread(loss), gradient_norm=spread(1.0), learning_rate=0.1, layers={}, lane=lane)


def sampled(run: int, step: int, loss: float = 1.0, lane: int = 0) -> protocol.Sampled:
    return protocol.Sampled(run=run, frame=frame(step, loss, lane))


class RecordingBackend:
    """A backend that only remembers what it was told."""

    def __init__(self) -> None:
        self.commands: list[protocol.Command] = []
        self.closed = False

    def send(self, command: protocol.Command) -> None:
        self.commands.append(command)

    def close(self) -> None:
        self.closed = True
