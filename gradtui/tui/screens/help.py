"""The help: what the screen shows, and every key, made from the tables that define them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input

from gradtui.core.measured.frame import DRAWN
from gradtui.tui.key import bindings, hint
from gradtui.tui.keys import (
    BACK,
    COMPARE,
    CONFIRM,
    ERRAND,
    FORM,
    GLOBAL,
    HELP,
    LAB,
    LEAVING,
    LESSONS,
    NOTES,
    PAGE,
    PRESETS,
    RACE,
    RATE,
    REPLAY,
    RUNS,
    STRIP,
    TABLE,
    WHY,
    spoken,
)
from gradtui.tui.screens.dialog import Dialog
from gradtui.tui.widgets.entry import Entry
from gradtui.tui.widgets.page import Page

_READING = (
    "Each bar is one layer, the output layer on top. Long bars mean large numbers; every decade is ten times the one before. "
    "┊ marks what theory expects of the untrained network. Gradients vanish when bars shrink towards the input, and explode "
    "when they grow; in a recurrent network over time as well. Change a value on the left and press {run} to see what helps."
)


class HelpScreen(Dialog[None]):
    """One page over the screen, of which `/` leaves the lines that hold some words."""

    CSS_PATH = "help.tcss"
    AUTO_FOCUS = "#page"
    BINDINGS: ClassVar[list[BindingType]] = bindings(HELP)

    def __init__(self) -> None:
        super().__init__()
        self._search = Entry(placeholder="/ to search", id="search", max_length=60)
        self._page = Page(_found(""), id="page")

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = "Help"
            box.border_subtitle = hint(HELP)
            yield self._search
            yield self._page

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is typed into the search is its own."""
        return not (action == "search" and self.focused is self._search)

    def on_input_changed(self, event: Input.Changed) -> None:
        self._page.show(_found(event.value))

    def on_input_submitted(self) -> None:
        self.set_focus(self._page)

    def action_search(self) -> None:
        """Go to the search."""
        self.set_focus(self._search)

    def action_back(self) -> None:
        """Leave the search, or the help."""
        if self.focused is self._search:
            self.set_focus(self._page)
        else:
            self.dismiss()


def _found(asked: str) -> Text:
    """The lines that hold all of these words, under their headings."""
    words = asked.lower().split()
    text = Text()
    for title, lines in _parts():
        inside = all(word in title.lower() for word in words)
        kept = [line for line in lines if inside or all(word in line.plain.lower() for word in words)]
        if kept:
            text.append("\n" if text else "").append(f"{title}\n" if title else "", "bold")
            text.append_text(Text("\n").join(kept)).append("\n")
    return text or Text("No line holds these words.", "dim")


def _parts() -> Iterator[tuple[str, list[Text]]]:
    """Headings, each with its lines."""
    yield "", [Text(_READING.format(run=spoken("run.toggle")))]
    for title, keys in (
        ("In the Lab", LAB),
        ("In a form", (*FORM, STRIP, BACK)),
        ("In the notes", NOTES),
        ("In the presets", PRESETS),
        ("In the list of runs", RUNS),
        ("Where runs are compared", COMPARE),
        ("On the loss and the heat map", REPLAY),
        ("In a race", (*RACE, *TABLE)),
        ("In the search for a rate", RATE),
        ("In the search for the cause", WHY),
        ("While something is fetched or saved", ERRAND),
        ("Before a preset from another machine", CONFIRM),
        ("In a lesson", LESSONS),
        ("Before a run is left", LEAVING),
        ("In a longer text", PAGE),
        ("Here", HELP),
        ("Everywhere", GLOBAL),
    ):
        yield title, [_line(key.all_shown, key.tooltip) for key in keys]
    yield "What g draws", [_line(quantity.symbol, quantity.help) for quantity in DRAWN.values()]


def _line(name: str, words: str) -> Text:
    return Text.assemble((f"  {name:<12}", "bold"), words)
