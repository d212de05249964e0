"""What keys do with the time of a run: every panel shows an earlier moment of it, read from its folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gradtui.core.text import grouped
from gradtui.runs import folder
from gradtui.runs.about import Unreadable
from gradtui.runs.replay import Replay
from gradtui.tui.keys import spoken
from gradtui.worker.session import Session


class Replaying:
    """Goes back and forth in a session's run. `say` answers the last key in words."""

    def __init__(self, session: Session, say: Callable[[str], None]) -> None:
        self._session, self._say = session, say
        self._replay: Replay | None = None
        self._of = ("", 0)

    def turn(self, by: int) -> None:
        """So many frames on, or back."""
        if (replay := self._read()) is not None:
            self._show(replay, replay.turned(self._session.shown.step, by))

    def find(self, by: int) -> None:
        """To where a finding began or ended, next or before."""
        if (replay := self._read()) is None:
            return
        step = replay.found(self._session.shown.step, by)
        if step is None:
            self._say("No finding begins or ends after this." if by > 0 else "No finding begins or ends before this.")
        else:
            self._show(replay, step)

    def leave(self) -> None:
        """Show the run as it is now."""
        self._session.moment = None
        self._say("")

    def _show(self, replay: Replay, step: int) -> None:
        if step >= replay.steps[-1]:
            self.leave()
            return
        self._session.moment = replay.at(step)
        self._say(f"The run at step {grouped(self._session.shown.step)}. {spoken('replay.last')} shows it as it is now.")

    def _read(self) -> Replay | None:
        """The moments that are recorded; None, and why in words, where none are."""
        run = self._session.run
        if not run.folder:
            self._say("This run is not recorded, so there is no earlier moment to show.")
            return None
        if self._replay is None or self._of != (run.folder, run.step):
            try:
                self._replay, self._of = Replay(folder.read(Path(run.folder))), (run.folder, run.step)
            except Unreadable as error:
                self._say(str(error))
                return None
        if not self._replay.steps:
            self._say("Nothing of this run is recorded yet.")
            return None
        return self._replay
