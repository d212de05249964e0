"""A run that is trained again up to where its log ends: the same changes after the same steps, the same frames."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gradtui.core.measured.protocol import Changed, Continue, Report, Start, Stop
from gradtui.core.measured.work import Work
from gradtui.engine.training.controls import Controls


class Retrace(Controls):
    """Controls that lead over steps which are known, and then obey whoever sends commands. `last` is the step up to which all is
    known, `known` whether it is still to come.
    """

    def __init__(self, report: Callable[[Report], None] = lambda report: None, run: int = 0, paused: bool = False) -> None:
        super().__init__(report, run, paused)
        self.last, self.known = 0, True
        self._next = 0

    def lead(
        self, changes: Mapping[int, Sequence[Changed]], sampled: frozenset[int], last: int, then: Mapping[str, Any]
    ) -> Retrace:
        """Lead up to the step `last` by the `changes` made after so many steps and the steps that had frames, and change `then`
        there. Returns itself.
        """
        self._changes, self._sampled, self.last, self._then = changes, sampled, last, dict(then)
        self.pending = True
        return self

    @property
    def stepping(self) -> bool:
        """Whether the next step had a frame, while it is known."""
        return self._next in self._sampled if self.known else super().stepping

    def obey(self, step: int, change: Callable[[str, Any], Any]) -> bool:
        """Make the changes that were made here, and obey from the last of the known steps on; whoever ends the run is heeded."""
        if self.known:
            for made in self._changes.get(step, ()):
                change(made.key, made.value)
            self._next = step + 1
            leave = any(isinstance(command, Stop | Start | Continue | Work) for command in self._commands)
            if step < self.last and not leave:
                return True
            self.known = step < self.last
        if not self.known:
            self.go_beyond(step, change)
        return super().obey(step, change)

    def go_beyond(self, step: int, change: Callable[[str, Any], Any]) -> bool:
        """Make the changes that the known steps end with, once; whether there were any. Raises InvalidExperiment."""
        self.known = False
        changes, self._then = self._then, {}
        for key, value in changes.items():
            self._report(Changed(run=self._run, step=step, key=key, value=change(key, value)))
        return bool(changes)
