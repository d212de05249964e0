"""What f does: a fix is tried beside the run that it mends, and kept or discarded."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import OptionList

from gradtui.core.experiments.experiment import InvalidExperiment
from gradtui.core.measured.finding import Fix
from gradtui.core.text import printable
from gradtui.tui.screens.dialog import Dialog
from gradtui.tui.widgets.choices import Choice, Choices
from gradtui.worker.session import Session


class FixDialog(Dialog[Fix]):
    """Choose one of several fixes, the best first. Returns it, or None when a person goes back."""

    CSS_PATH = "fixing.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "back")]

    def __init__(self, fixes: tuple[Fix, ...]) -> None:
        super().__init__()
        self._fixes = fixes
        self._choices = Choices()
        self._choices.offer({"": [_choice(str(at), fix) for at, fix in enumerate(fixes)]})

    def compose(self) -> ComposeResult:
        with Vertical(id="fixes", classes="box") as box:
            box.border_title = "Fix"
            box.border_subtitle = "enter Try  esc Back"
            yield self._choices

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._fixes[event.option_index])

    def action_back(self) -> None:
        """Try none."""
        self.dismiss(None)


def _choice(name: str, fix: Fix) -> Choice:
    line = Text.assemble((printable(fix.title), "bold"), f"  {fix.changes}\n  {printable(fix.reason)}")
    return Choice(name, line, line.plain)


class FixingScreen(Screen[None]):
    """A screen whose keys try, keep and discard fixes of its session's run."""

    session: Session

    @abstractmethod
    def show_experiment(self) -> None:
        """Paint the experiment wherever its values stand."""

    @abstractmethod
    def say(self, remark: str) -> None:
        """Answer the last key in words."""

    def action_fix(self) -> None:
        """Try what would mend the worst finding."""
        self.offer(self.session.fixes)

    def offer(self, fixes: tuple[Fix, ...]) -> None:
        """Try the only fix, or let a person choose among several."""
        if self.session.stale:
            self.say("The run is of another experiment; Space starts this one.")
        elif len(fixes) > 1:
            self.app.push_screen(FixDialog(fixes), self._try)
        elif fixes:
            self._try(fixes[0])
        else:
            self.say("There is nothing to fix now.")

    def _try(self, fix: Fix | None) -> None:
        if fix is None:
            return
        try:
            self.session.try_fix(fix)
        except InvalidExperiment as error:
            self.say(f"{printable(fix.title)} does not fit this experiment: {' '.join(map(str, error.mistakes))}")
            return
        self.show_experiment()
        self.say("")

    def action_keep(self) -> None:
        """Stay with the fixed run."""
        if self.session.before is not None:
            self.session.keep()
            self.say("Kept. u and Space would bring the experiment before it back.")

    def action_discard(self) -> None:
        """Show the run before the fix."""
        if (past := self.session.before) is not None:
            self.session.discard()
            self.show_experiment()
            self.say("This is the run before the fix, as it was." + ("" if past.ended else " Space starts it anew from step 0."))
