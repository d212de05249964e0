"""What keys do with the run, and what is said of it: started, stopped, mended, brought back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from textual.app import App

from gradtui.core.experiments.experiment import InvalidExperiment
from gradtui.core.measured.finding import Fix, to_mend
from gradtui.core.presets.preset import Preset
from gradtui.core.text import grouped, printable, setting
from gradtui.diagnosis.fixes import SEARCHED
from gradtui.runs import folder
from gradtui.runs.about import Unreadable
from gradtui.tui.keys import spoken
from gradtui.worker.session import Session

SEARCH = Fix(title="Find a rate by experiment", reason="many rates side by side, on a copy; this run stays", set={})


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
        onward = self._session.onward
        self._start(self._session.toggle)
        if onward is not None:
            self._say(f"Trains on to step {grouped(onward.run.steps)}. {spoken('run.rewind')} starts anew from step 0.")

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
            self._say(f"From step 0. {spoken('experiment.undo')} brings the run back that was here.")

    def open(self, preset: Preset) -> None:
        """Take another preset into the Lab."""
        left = self._session.run
        self._session.load(preset)
        self._show()
        if left.step:
            self._say(f"{spoken('experiment.undo')} brings the run back that this preset took the place of.")

    def show(self, path: Path) -> None:
        """Show a recorded run as it was."""
        left = self._session.run
        try:
            found = folder.read(path)
            run = found.run
        except Unreadable as error:
            self._say(str(error))
            return
        self._session.load(Preset(title=found.about.called, experiment=found.begun), run)
        self._show()
        back = f" {spoken('experiment.undo')} brings the run back that was here." if left.step else ""
        self._say(f"{found.problem or 'This is the run as it was recorded.'}{self._then}{back}")

    def adopt(self, changes: Mapping[str, Any]) -> str:
        """Change the experiment, and say what came of it."""
        try:
            self._session.change(changes)
        except InvalidExperiment as error:
            return f"That does not fit the experiment in the Lab: {' '.join(map(str, error.mistakes))}"
        self._show()
        if not changes:
            return "The Lab has these values already."
        return (
            f"Taken: {', '.join(setting(key, value) for key, value in changes.items())}. {spoken('experiment.undo')} takes it back."
        )

    def undo(self) -> None:
        """Take back the last change."""
        left, moment = self._session.run, self._session.undo()
        self._show()
        if moment is None:
            self._say("Nothing to take back.")
        elif self._session.run.history is left.history:
            self._say("Took back the last change.")
        else:
            self._say(f"This is the run as it was.{self._then}")

    def fix(self) -> None:
        """Try what would mend the worst finding."""
        fixes = self._session.fixes
        searched = next((finding.rule in SEARCHED for finding in to_mend(self._session.run.findings) if finding.fixes), False)
        self.offer((*fixes, SEARCH) if fixes and searched else fixes)

    def offer(self, fixes: tuple[Fix, ...]) -> None:
        """Try the only fix, or let a person choose among several."""
        if self._session.stale:
            self._say(f"The run is of another experiment; {spoken('run.toggle')} starts this one.")
        elif len(fixes) > 1:
            from gradtui.tui.screens.fixing import FixDialog

            self._app.push_screen(FixDialog(fixes), self._chosen)
        elif fixes:
            self._try(fixes[0])
        else:
            self._say("There is nothing to fix now.", lambda: not self._session.fixes)

    async def _chosen(self, fix: Fix | None) -> None:
        if fix is SEARCH:
            await self._app.run_action("app.study('mend')")
        elif fix is not None:
            self._try(fix)

    def found(self, rate: float | None) -> None:
        """Try a rate that was found by experiment."""
        if rate is not None:
            self._try(Fix(title=f"Learning rate {rate:g}", reason="found by experiment", set={"optimizer.learning_rate": rate}))

    def _try(self, fix: Fix) -> None:
        try:
            self._session.try_fix(fix)
        except InvalidExperiment as error:
            self._say(f"{printable(fix.title)} does not fit this experiment: {' '.join(map(str, error.mistakes))}")
            return
        self._show()

    def pin(self) -> None:
        """Draw later runs over this one, or let the pinned one go."""
        session = self._session
        if session.pinned is None and not session.run.step:
            self._say("There is no run to pin yet.")
            return
        session.pinned = session.run if session.pinned is None else None
        words = (
            f"Later runs are drawn over this one. {spoken('run.pin')} lets it go."
            if session.pinned
            else "The pinned run is let go."
        )
        self._say(words)

    def keep(self) -> None:
        """Stay with the fixed run."""
        if self._session.before is not None:
            self._session.keep()
            self._say(f"Kept. {spoken('experiment.undo')} shows the run before it beside this one again.")

    def discard(self) -> None:
        """Show the run before the fix."""
        if self._session.before is not None:
            self._session.discard()
            self._show()
            self._say(f"This is the run before the fix, as it was.{self._then}")

    @property
    def _then(self) -> str:
        """What can be done with a run that is back."""
        if self._session.onward is not None:
            return f" {spoken('run.toggle')} goes on with it."
        return "" if self._session.run.ended else f" {spoken('run.toggle')} starts it anew from step 0."
