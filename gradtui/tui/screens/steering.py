"""What keys do with the run, and what is said of it: started, stopped, mended, brought back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from textual.app import App

from gradtui.core.experiments.experiment import InvalidExperiment
from gradtui.core.measured.finding import Fix
from gradtui.core.presets.preset import Preset
from gradtui.core.text import grouped, printable
from gradtui.worker.session import Session


class Say(Protocol):
    """Shows a remark while what it says holds."""

    def __call__(self, remark: str, holds: Callable[[], bool] = ...) -> None:
        """Answer the last key in words."""


class Steering:
    """The commands of a session's run. `say` answers the last key in words, `show` paints the experiment where its values stand."""

    def __init__(self, app: App[object], session: Session, say: Say, show: Callable[[], None]) -> None:
        self._app, self._session, self._say, self._show = app, session, say, show

    def train(self) -> None:
        """Run, pause or go on; a run that is done goes on for as many steps again."""
        longer = self._session.longer
        self._start(self._session.toggle)
        if longer is not None:
            self._say(f"Trains on to step {grouped(longer.run.steps)}. r starts anew from step 0.")

    def step(self, steps: int) -> None:
        """Train a few steps and wait."""
        self._start(lambda: self._session.advance(steps))

    def rewind(self) -> None:
        """Go back to step 0."""
        self._start(self._session.rewind)

    def _start(self, command: Callable[[], None]) -> None:
        """Do what may start another run, and say how the one before comes back."""
        left = self._session.run
        command()
        self._show()
        if left.step and self._session.run.history is not left.history:
            self._say("From step 0. u brings the run back that was here.")

    def open(self, preset: Preset) -> None:
        """Take another preset into the Lab."""
        left = self._session.run
        self._session.load(preset)
        self._show()
        if left.step:
            self._say("u brings the run back that this preset took the place of.")

    def undo(self) -> None:
        """Take back the last change."""
        left, moment = self._session.run, self._session.undo()
        self._show()
        if moment is None:
            self._say("Nothing to take back.")
        elif self._session.run.history is left.history:
            self._say("Took back the last change.")
        else:
            self._say(f"This is the run as it was.{'' if moment.run.ended else ' Space starts it anew from step 0.'}")

    def fix(self) -> None:
        """Try what would mend the worst finding."""
        self.offer(self._session.fixes)

    def offer(self, fixes: tuple[Fix, ...]) -> None:
        """Try the only fix, or let a person choose among several."""
        if self._session.stale:
            self._say("The run is of another experiment; Space starts this one.")
        elif len(fixes) > 1:
            from gradtui.tui.screens.fixing import FixDialog

            self._app.push_screen(FixDialog(fixes), self._try)
        elif fixes:
            self._try(fixes[0])
        else:
            self._say("There is nothing to fix now.", lambda: not self._session.fixes)

    def _try(self, fix: Fix | None) -> None:
        if fix is None:
            return
        try:
            self._session.try_fix(fix)
        except InvalidExperiment as error:
            self._say(f"{printable(fix.title)} does not fit this experiment: {' '.join(map(str, error.mistakes))}")
            return
        self._show()

    def keep(self) -> None:
        """Stay with the fixed run."""
        if self._session.before is not None:
            self._session.keep()
            self._say("Kept. u shows the run before it beside this one again.")

    def discard(self) -> None:
        """Show the run before the fix."""
        if (past := self._session.before) is not None:
            self._session.discard()
            self._show()
            self._say("This is the run before the fix, as it was." + ("" if past.ended else " Space starts it anew from step 0."))
