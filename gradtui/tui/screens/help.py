"""The help: what the screen shows, and every key, made from the tables that define them."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from gradtui.core.measured.frame import DRAWN
from gradtui.tui.keys import BACK, CONFIRM, ERRAND, FORM, GLOBAL, LAB, LESSONS, NOTES, PAGE, PRESETS, STRIP
from gradtui.tui.screens.dialog import Dialog
from gradtui.tui.widgets.page import Page

_READING = (
    "Each bar is one layer, the output layer on top. Long bars mean large numbers; every decade is ten times the one before. "
    "┊ marks what theory expects of the untrained network. Gradients vanish when bars shrink towards the input, and explode "
    "when they grow; in a recurrent network over time as well. Change a value on the left and press Space to see what helps."
)


class HelpScreen(Dialog[None]):
    """One page over the screen."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark,enter,f1", "dismiss", show=False)]

    def __init__(self) -> None:
        super().__init__()
        self._page = Page(_page(), id="page", classes="box")
        self._page.border_title = "Help"
        self._page.border_subtitle = "esc Back"

    def compose(self) -> ComposeResult:
        yield self._page


def _page() -> Text:
    text = Text(_READING + "\n")
    for title, keys in (
        ("In the Lab", LAB),
        ("In a form", (*FORM, STRIP, BACK)),
        ("In the notes", NOTES),
        ("In the presets", PRESETS),
        ("While something is fetched or saved", ERRAND),
        ("Before a preset from another machine", CONFIRM),
        ("In a lesson", LESSONS),
        ("In a longer text", PAGE),
        ("Everywhere", GLOBAL),
    ):
        text.append(f"\n{title}\n", "bold")
        for key in keys:
            text.append(f"  {key.all_shown:<12}", "bold").append(f"{key.tooltip}\n")
    text.append("\nWhat g draws\n", "bold")
    for quantity in DRAWN.values():
        text.append(f"  {quantity.symbol:<12}", "bold").append(f"{quantity.help}\n")
    return text
