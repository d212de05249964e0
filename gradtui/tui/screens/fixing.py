"""Choose what would mend the run."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import OptionList

from gradtui.core.measured.finding import Fix
from gradtui.core.text import printable
from gradtui.tui.screens.dialog import Dialog
from gradtui.tui.widgets.choices import Choice, Choices


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
