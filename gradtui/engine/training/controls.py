"""How commands reach training: between steps, whoever sends them from whichever thread."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from gradtui.core.experiments.experiment import InvalidExperiment
from gradtui.core.measured.protocol import (
    Advance,
    Change,
    Changed,
    Command,
    Continue,
    Pause,
    Paused,
    Rejected,
    Report,
    Resume,
    Resumed,
    Start,
    Stop,
)
from gradtui.core.measured.work import Dropped, Work


class Controls:
    """Commands for one run. Senders call `send`; the trainer looks at `pending` before a step and calls `obey` if it is set.

    What was obeyed is reported, in the trainer's thread: Paused, Resumed, Changed, Rejected, each with the steps done so far.
    `dropped` are the cells that are to be trained no further, and `known` says that what comes of the next step is known already.
    """

    known = False

    def __init__(self, report: Callable[[Report], None] = lambda report: None, run: int = 0, paused: bool = False) -> None:
        self._report, self._run = report, run
        self._commands: deque[Command] = deque()
        self._arrived = threading.Event()
        self._allowed: int | None = 0 if paused else None
        self._told_paused = False
        self._stopped = False
        self._asked_by = 0
        self.dropped: set[str] = set()
        self.pending = paused
        self.waited = 0.0

    def heard_by(self, report: Callable[[Report], None]) -> None:
        """Tell another one what is obeyed."""
        self._report = report

    @property
    def stepping(self) -> bool:
        """Whether steps are made one by one, so that each is worth a frame."""
        return self._allowed is not None

    def send(self, command: Command) -> None:
        """Hand over a command. Start and Work count as Stop: the run makes room for another."""
        self._commands.append(command)
        self.pending = True
        self._arrived.set()

    def obey(self, step: int, change: Callable[[str, Any], Any]) -> bool:
        """Carry out what is pending after `step` steps, waiting while paused; whether to go on.

        `change` gives a parameter another value and returns it; it raises InvalidExperiment for what cannot be.
        """
        while True:
            self.pending = False
            while self._commands:
                self._carry_out(self._commands.popleft(), step, change)
            if self._stopped:
                return False
            if self._allowed is None:
                return True
            if self._allowed > 0:
                self._allowed -= 1
                self.pending = True
                return True
            self._wait(step)

    def go_beyond(self, step: int, change: Callable[[str, Any], Any]) -> bool:
        """Make the changes that wait for the end of what is known of a run; whether there were any."""
        return False

    def more(self, change: Callable[[str, Any], Any], step: int, unfinished: Callable[[], bool]) -> bool:
        """Wait at the end of a run until it has more steps to make and may go on; False where it makes room for another."""
        self._allowed, self._told_paused = 0, True
        while True:
            while self._commands:
                self._carry_out(self._commands.popleft(), step, change)
            if self._stopped:
                return False
            if self._allowed != 0 and unfinished():
                return True
            self._wait(step)

    def _wait(self, step: int) -> None:
        if not self._told_paused:
            self._report(Paused(run=self._run, step=step, answers=self._asked_by))
            self._told_paused = True
        began = time.perf_counter()
        self._arrived.wait()
        self._arrived.clear()
        self.waited += time.perf_counter() - began

    def _carry_out(self, command: Command, step: int, change: Callable[[str, Any], Any]) -> None:
        match command:
            case Pause():
                self._allowed, self._asked_by = 0, command.number
            case Advance():
                self._allowed = command.steps
                self._told_paused, self._asked_by = False, command.number
            case Resume():
                if self._allowed is not None:
                    self._report(Resumed(run=self._run, step=step, answers=command.number))
                self._allowed, self._told_paused = None, False
            case Change():
                try:
                    value = change(command.key, command.value)
                except InvalidExperiment as error:
                    reason = " ".join(str(mistake) for mistake in error.mistakes)
                    self._report(Rejected(run=self._run, step=step, key=command.key, reason=reason, answers=command.number))
                else:
                    self._report(Changed(run=self._run, step=step, key=command.key, value=value, answers=command.number))
            case Dropped():
                self.dropped |= set(command.cells)
            case Stop() | Start() | Continue() | Work():
                self._stopped = True
