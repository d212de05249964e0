"""A word before a run that is not over is left."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from gradtui.core.text import grouped
from gradtui.tui.key import bindings, hint
from gradtui.tui.keys import LEAVING
from gradtui.tui.screens.dialog import Dialog
from gradtui.tui.widgets.page import Page
from gradtui.worker.phase import ACTIVE
from gradtui.worker.session import Session


def ends(session: Session, studies: bool) -> str:
    """What would end with the program, in sentences; empty where nothing would. `studies` says whether any are under way."""
    run, parts = session.run, list[str]()
    if session.phase in ACTIVE and run.step:
        steps = f"step {grouped(run.step)} of {grouped(run.experiment.run.steps)}"
        kept = "what it made is in the list of runs" if run.folder else "nothing of it is kept"
        parts.append(f"The run is at {steps}. Quitting ends it, and {kept}.")
    if studies:
        parts.append("A race or a search for a rate is under way. Quitting ends it.")
    return " ".join(parts)


class LeavingDialog(Dialog[bool]):
    """Asks whether to quit. Returns whether a person said so."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(LEAVING)

    def __init__(self, ended: str) -> None:
        """`ended` is what would end, in sentences."""
        super().__init__()
        self._page = Page(ended, id="page", classes="box")
        self._page.border_title = "Quit?"
        self._page.border_subtitle = hint(LEAVING)

    def compose(self) -> ComposeResult:
        yield self._page

    def action_leave(self) -> None:
        """Quit."""
        self.dismiss(True)

    def action_back(self) -> None:
        """Stay."""
        self.dismiss(False)
