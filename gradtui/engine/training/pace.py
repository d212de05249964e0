"""How often frames are validated: often while a run is young, and every so many of them later."""

from __future__ import annotations

from dataclasses import dataclass

OPENING = 10
"""Steps at the start that are all sampled."""
_VALIDATE, _YOUNG = 10, 20
"""Frames from one that is validated to the next at most; one is validated sooner where a run is longer by one in so many steps."""


@dataclass
class Pace:
    """Counts frames; the next is validated where so many are taken, or so many steps are made."""

    taken: int = 0
    due_frame: int = 0
    due_step: int = 0

    def due(self, step: int) -> bool:
        """Whether the frame of a step is to be validated."""
        return self.taken >= self.due_frame or step >= self.due_step

    def took(self, step: int, validated: bool) -> None:
        """Count the frame of a step."""
        if validated:
            self.due_frame, self.due_step = self.taken + _VALIDATE, max(OPENING, step + step // _YOUNG)
        self.taken += 1
