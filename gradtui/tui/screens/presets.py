"""The presets: a list to search, and what each one is, before it is opened."""

from __future__ import annotations

from typing import ClassVar

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from gradtui.core.library import shipped
from gradtui.core.preset import Preset, read
from gradtui.core.text import exact
from gradtui.tui.keys import GLOBAL, LISTS, bindings
from gradtui.tui.widgets.lines import KeyLine, TopLine
from gradtui.worker.session import Session


class PresetsScreen(Screen[Preset | None]):
    """Choose a preset. Returns it, or None when a person goes back."""

    CSS_PATH = "presets.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(LISTS),
        Binding("j,down", "cursor(1)", show=False),
        Binding("k,up", "cursor(-1)", show=False),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._presets = {name: read(path) for name, path in shipped().items()}

    def compose(self) -> ComposeResult:
        yield TopLine(id="top")
        with Horizontal(id="body"):
            with Vertical(id="choices", classes="panel") as choices:
                choices.border_title = "Presets"
                yield Input(placeholder="/ to filter", id="filter", compact=True)
                yield OptionList(id="list", compact=True)
            with VerticalScroll(id="about", classes="panel", can_focus=False) as about:
                about.border_title = "About"
                yield Static(id="words", markup=False)
        yield KeyLine(id="keys")

    def on_mount(self) -> None:
        self._list("")
        self.set_focus(self.query_one(OptionList))

    def on_resize(self) -> None:
        self.call_after_refresh(self._frame)

    def _frame(self) -> None:
        self.query_one(TopLine).fill(self._session, "Presets")
        self.query_one(KeyLine).fill(LISTS, GLOBAL, self._session)

    def _list(self, words: str) -> None:
        options = self.query_one(OptionList)
        options.clear_options()
        asked = words.lower().split()
        found = [
            (name, preset)
            for name, preset in self._presets.items()
            if all(word in f"{name} {preset.title} {preset.summary}".lower() for word in asked)
        ]
        options.add_options(
            [Option(Text(preset.title, no_wrap=True, overflow="ellipsis"), id=name) for name, preset in found]
            or [Option(Text("No preset holds these words.", style="dim"), disabled=True)]
        )
        if found:
            options.highlighted = 0
        else:
            self.query_one("#words", Static).update("")

    def on_input_changed(self, event: Input.Changed) -> None:
        self._list(event.value)

    def on_input_submitted(self) -> None:
        self.action_choose()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if event.option.id is not None:
            self.query_one("#words", Static).update(_about(event.option.id, self._presets[event.option.id]))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if event.option.id is not None:
            self.dismiss(self._presets[event.option.id])

    def action_choose(self) -> None:
        """Open what is marked."""
        self.query_one(OptionList).action_select()

    def action_filter(self) -> None:
        """Go to the filter."""
        self.set_focus(self.query_one(Input))

    def action_back(self) -> None:
        """Leave the filter, or the screen."""
        if self.query_one(Input).has_focus:
            self.set_focus(self.query_one(OptionList))
        else:
            self.dismiss(None)

    def action_cursor(self, by: int) -> None:
        """Move the mark by one line."""
        options = self.query_one(OptionList)
        options.action_cursor_down() if by > 0 else options.action_cursor_up()


def _about(name: str, preset: Preset) -> Group:
    """Title, summary, source and every value of a preset."""
    values = Table.grid(padding=(0, 2))
    for table, chosen in preset.experiment.tables().items():
        values.add_row(
            Text(table, "dim"), Text(", ".join(f"{key.replace('_', ' ')} {exact(value)}" for key, value in chosen.items()))
        )
    source = [Text(f"Source: {preset.source}", "dim"), Text()] if preset.source else []
    return Group(
        Text(preset.title, "bold"), Text(), Text(preset.summary), Text(), *source, values, Text(), Text(f"gradtui {name}", "dim")
    )
