"""What a session showed before its changes, for undo to bring back."""

from __future__ import annotations

from dataclasses import dataclass

from gradtui.core.experiments.experiment import Experiment
from gradtui.core.measured.run import Run
from gradtui.core.presets.preset import Preset

_KEPT = 64
"""Changes that can be taken back, with the runs that they ended."""


@dataclass(frozen=True, eq=False)
class Moment:
    """What a session showed before a change."""

    preset: Preset
    experiment: Experiment
    run: Run
    earlier: tuple[Run, ...]


class Moments:
    """The newest moments, the last on top."""

    def __init__(self) -> None:
        self._kept: list[Moment] = []

    def __bool__(self) -> bool:
        return bool(self._kept)

    def keep(self, moment: Moment) -> None:
        """Put a moment on top; the oldest of too many is forgotten."""
        self._kept = [*self._kept[1 - _KEPT :], moment]

    def take(self) -> Moment:
        """The moment on top, which is taken away."""
        return self._kept.pop()
