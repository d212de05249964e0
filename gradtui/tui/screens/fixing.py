"""Choose what would mend the run."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from gradtui.core.measured.finding import Fix
from gradtui.core.text import printable
from gradtui.tui.screens.dialog import Dialog


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
