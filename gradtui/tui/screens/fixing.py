"""What f does: a fix is tried beside the run that it mends, and kept or discarded."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from gradtui.core.experiments.experiment import InvalidExperiment
from gradtui.core.measured.finding import Fix
from gradtui.core.text import printable
from gradtui.tui.screens.dialog import Dialog
from gradtui.worker.session import Session


class FixDialog(Dialog[Fix]):
    """Choose one of several fixes, the best first. Returns it, or None when a person goes back."""

    CSS_PATH = "fixing.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "back"),
        ("j", "cursor(1)"),
        ("k", "cursor(-1)"),
    ]

    def __init__(self, fixes: tuple[Fix, ...]) -> None:
        super().__init__()
        self._fixes = fixes

    def compose(self) -> ComposeResult:
        with Vertical(id="fixes") as box:
            box.border_title = "Fix"
            box.border_subtitle = "enter Try  esc Back"
            yield OptionList(*map(_option, self._fixes), compact=True)

    def on_mount(self) -> None:
        options = self.query_one(OptionList)
        options.highlighted = 0
        self.set_focus(options)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._fixes[event.option_index])

    def action_cursor(self, by: int) -> None:
        """Move the mark by one fix."""
        options = self.query_one(OptionList)
        options.action_cursor_down() if by > 0 else options.action_cursor_up()

    def action_back(self) -> None:
        """Try none."""
        self.dismiss(None)


def _option(fix: Fix) -> Option:
    return Option(Text.assemble((printable(fix.title), "bold"), f"  {fix.changes}\n  {printable(fix.reason)}"))


class Fixing:
    """Tries, keeps and discards fixes of a session's run. `say` answers the last key in words; `show` paints the experiment
    wherever its values stand.
    """

    def __init__(self, app: App[object], session: Session, say: Callable[[str], None], show: Callable[[], None]) -> None:
        self._app, self._session, self._say, self._show = app, session, say, show

    def offer(self, fixes: tuple[Fix, ...]) -> None:
        """Try the only fix, or let a person choose among several."""
        if self._session.stale:
            self._say("The run is of another experiment; Space starts this one.")
        elif len(fixes) > 1:
            self._app.push_screen(FixDialog(fixes), self._try)
        elif fixes:
            self._try(fixes[0])
        else:
            self._say("There is nothing to fix now.")

    def _try(self, fix: Fix | None) -> None:
        if fix is None:
            return
        try:
            self._session.try_fix(fix)
        except InvalidExperiment as error:
            self._say(f"{printable(fix.title)} does not fit this experiment: {' '.join(map(str, error.mistakes))}")
            return
        self._show()
        self._say("")

    def keep(self) -> None:
        """Stay with the fixed run."""
        if self._session.before is not None:
            self._session.keep()
            self._say("Kept. u and Space would bring the experiment before it back.")

    def discard(self) -> None:
        """Show the run before the fix."""
        if (past := self._session.before) is not None:
            self._session.discard()
            self._show()
            self._say("This is the run before the fix, as it was." + ("" if past.ended else " Space starts it anew from step 0."))
