"""The search for what keeps a run from learning: each suspect alone, what it came to, and the sentence in the end."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from gradtui.core.measured.finding import Fix
from gradtui.core.text import grouped
from gradtui.study.causes import HEAD, Tried, Why, row
from gradtui.study.question import answer
from gradtui.tui.key import bindings
from gradtui.tui.keys import GLOBAL, WHY
from gradtui.tui.screens.dialog import Answering
from gradtui.tui.widgets.choices import Choice, Choices
from gradtui.tui.widgets.lines import KeyLine, TopLine
from gradtui.tui.widgets.race import left_in_words
from gradtui.worker.racing import Asking
from gradtui.worker.session import Session


class WhyScreen(Answering[Fix]):
    """Shows the suspects as they are tried. Returns the change to try beside the run, or None."""

    CSS_PATH = "why.tcss"
    AUTO_FOCUS = "#list"
    BINDINGS: ClassVar[list[BindingType]] = bindings(WHY)

    def __init__(self, asking: Asking, session: Session, fps: float) -> None:
        super().__init__()
        self._asking, self._session, self._fps = asking, session, fps
        self._top, self._keys = TopLine(), KeyLine()
        self._words = Static(id="verdict", markup=False)
        self._head = Static(HEAD, id="head", markup=False)
        self._list = Choices(id="list", keys=(*WHY, *GLOBAL))
        self._list.add_class("panel")
        self._list.border_title = "Suspects, each alone"
        self._found: Why | None = None
        self._known = -1

    def compose(self) -> ComposeResult:
        yield from (self._top, self._words, self._head, self._list, self._keys)

    def on_mount(self) -> None:
        self.set_interval(max(0.25, 1 / self._fps), self.catch_up)

    def on_resize(self) -> None:
        self.call_after_refresh(self.catch_up)

    def catch_up(self) -> None:
        """Paint what has changed."""
        if not self.is_current:
            return
        studying, asked = self._asking.studying, self._asking.question
        self._top.fill(self._session, f"Why: {self._asking.title}")
        self._keys.fill(WHY, GLOBAL, self._session)
        over = studying.done and not studying.problem
        if len(studying.results) != self._known or (over and self._found is None):
            self._known = len(studying.results)
            shown = answer(asked, studying.results)
            self._found = shown if over else None
            known = asked.cells[0].name in studying.results
            none = "The run comes first, then each suspect." if asked.suspects else "There is nothing to suspect."
            self._list.offer({"": [_choice(at, one) for at, one in enumerate(shown.suspects)] if known else []}, none=none)
            self._tried = shown.suspects
        if self._found is not None:
            self._words.update(f"{self._found.sentence} Tried over {grouped(asked.steps)} steps.")
        else:
            done = left_in_words(studying.left, studying.share)
            self._words.update(studying.problem or f"{len(asked.suspects)} suspects, {grouped(asked.steps)} steps each: {done}")

    def on_option_list_option_selected(self) -> None:
        if (name := self._list.marked) is not None:
            one = self._tried[int(name)]
            words = ", ".join(f"{key.partition('.')[2].replace('_', ' ')} {value}" for key, value in one.set.items())
            self._asking.studying.end()
            self.dismiss(Fix(title=words, reason="found by experiment", set=one.set))

    def action_choose(self) -> None:
        """Try what is marked beside the run."""
        self._list.action_select()

    def action_back(self) -> None:
        """Leave the experiment as it is."""
        self._asking.studying.end()
        self.dismiss(None)


def _choice(at: int, one: Tried) -> Choice:
    line = Text(row(one), "bold" if one.verdict == "cures" else "", no_wrap=True, overflow="ellipsis")
    return Choice(str(at), line, line.plain)
