"""The recorded runs: a list to search and sort, what each one was, and words that a person writes on it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.worker import get_current_worker

from gradtui.core.text import printable
from gradtui.runs import editing, folder, listing
from gradtui.runs.about import Unreadable
from gradtui.runs.comparing import MOST
from gradtui.runs.conditions import InvalidCondition, asked
from gradtui.runs.editing import Unedited
from gradtui.runs.listing import Listed
from gradtui.tui.key import bindings
from gradtui.tui.keys import BROWSE, GLOBAL, RUNS, spoken
from gradtui.tui.screens.comparing import CompareScreen
from gradtui.tui.screens.dialog import Answering
from gradtui.tui.screens.words import WordsDialog
from gradtui.tui.widgets import recorded
from gradtui.tui.widgets.browse import Browse
from gradtui.tui.widgets.choices import Choice, Unfound
from gradtui.tui.widgets.lines import FOLLOWED, KeyLine, TopLine
from gradtui.worker.session import Session

_TOGETHER = 0.2
"""Seconds in which runs gather that are listed in one paint."""
_ORDERS: dict[str, Callable[[Listed], Any]] = {
    "newest": lambda run: -run.started.timestamp() if run.started else math.inf,
    "loss": lambda run: _least(run.loss),
    "validation": lambda run: _least(run.validation_loss),
    "steps": lambda run: -run.steps,
    "title": lambda run: run.title.lower(),
}


class RunsScreen(Answering[Path]):
    """Choose a recorded run. Returns its folder, or None when a person goes back."""

    CSS_PATH = "runs.tcss"
    AUTO_FOCUS = "#list"
    BINDINGS: ClassVar[list[BindingType]] = bindings(RUNS)

    def __init__(self, session: Session, place: Path) -> None:
        super().__init__()
        self._session, self._place = session, place
        self._runs: dict[str, Listed] = {}
        self._compared: list[str] = []
        self._order = "newest"
        self._remark = self._said_of = ""
        self._top, self._keys = TopLine(), KeyLine()
        self._browse = Browse("Runs", RUNS)
        self._browse.page.border_title = "About"

    def compose(self) -> ComposeResult:
        yield from (self._top, self._browse, self._keys)

    def on_mount(self) -> None:
        self.set_interval(FOLLOWED, self._follow)
        self._list("Reading …")
        self._read()

    def on_resize(self) -> None:
        self.call_after_refresh(self._frame)

    def _follow(self) -> None:
        self._top.fill(self._session, self._remark or f"Runs in {printable(str(self._place))}")

    def _frame(self) -> None:
        self._follow()
        self._keys.fill((*RUNS, *BROWSE), GLOBAL, self._session)

    @work(thread=True, exclusive=True)
    def _read(self) -> None:
        """Read the runs in a thread, and list them as they come."""
        reading, told, found = get_current_worker(), monotonic(), list[Listed]()
        for path in listing.paths(self._place):
            if reading.is_cancelled:
                return
            found.append(listing.line(path))
            if monotonic() - told > _TOGETHER:
                self.app.call_from_thread(self._came, found)
                told, found = monotonic(), []
        self.app.call_from_thread(self._came, found, "No run is recorded here. Train one, and it is kept.")

    def _came(self, found: list[Listed], none: str = "Reading …") -> None:
        self._runs |= {run.id: run for run in found}
        self._list(none)

    def _list(self, none: str, marked: str | None = None) -> None:
        now = datetime.now(UTC)
        runs = sorted(self._runs.values(), key=_ORDERS[self._order])
        choices = [Choice(run.id, recorded.line(run, now, run.id in self._compared), run.id, title=run.title) for run in runs]
        self._browse.title = "Runs" if self._order == "newest" else f"Runs by {self._order}"
        browse = self._browse.choices
        browse.offer({"": choices}, marked or browse.marked, none if not self._runs else "No run holds this.", self._asked)

    def _asked(self, words: str) -> Callable[[Choice], bool]:
        try:
            holds = asked(words)
        except InvalidCondition as error:
            raise Unfound(str(error)) from None
        return lambda choice: holds(self._runs[choice.name])

    @property
    def _marked(self) -> Listed | None:
        return self._runs.get(self._browse.choices.marked or "")

    def on_option_list_option_highlighted(self) -> None:
        if self._browse.choices.marked != self._said_of:
            self._remark = ""
        if (run := self._marked) is not None:
            self._browse.page.show(recorded.page(run, datetime.now(UTC)))

    def on_choices_emptied(self) -> None:
        self._browse.page.show(recorded.LEGEND)

    def on_option_list_option_selected(self) -> None:
        if (run := self._marked) is not None:
            if run.started is None:
                self._say(f"{run.problem}")
            else:
                self.dismiss(Path(run.path))

    def action_choose(self) -> None:
        """Open what is marked."""
        self._browse.choices.action_select()

    def action_mark(self) -> None:
        """Mark a run for comparison, or no more."""
        run = self._marked
        if run is None or run.started is None:
            return
        if run.id in self._compared:
            self._compared.remove(run.id)
        elif len(self._compared) == MOST:
            self._say(f"{MOST} runs are marked; no more can be compared at once.")
            return
        else:
            self._compared.append(run.id)
        self._list("", run.id)
        self._say(f"{len(self._compared)} marked. {spoken('runs.compare')} compares them.")

    def action_compare(self) -> None:
        """Show the marked runs side by side, or the marked one with that under the cursor."""
        names = [name for name in self._compared if name in self._runs]
        if len(names) == 1 and (run := self._marked) is not None and run.started is not None and run.id not in names:
            names.append(run.id)
        if len(names) < 2:
            self._say(f"Mark two to {MOST} runs with {spoken('runs.mark')} first.")
            return
        try:
            found = [folder.read(Path(self._runs[name].path)) for name in names]
            screen = CompareScreen(found, self._session)
        except Unreadable as error:
            self._say(str(error))
            return
        self.app.push_screen(screen)

    def action_sort(self) -> None:
        """Sort by the next order."""
        orders = [*_ORDERS, next(iter(_ORDERS))]
        self._order = orders[orders.index(self._order) + 1]
        self._list("")

    def action_write(self, what: str) -> None:
        """Write a name, tags or a note on what is marked."""
        run = self._marked
        if run is None or run.started is None:
            self._say("There is nothing to write on.")
            return
        title, told, words = {
            "name": ("Name", "What the run is called; nothing for what it was called at first", run.title),
            "tags": ("Tags", "Words with blanks between them; tagged runs are never pruned", " ".join(run.tags)),
            "note": ("Note", "What is worth remembering of it", run.note),
        }[what]

        def take(written: str | None) -> None:
            if written is not None:
                self._edit(run, {what: tuple(dict.fromkeys(written.split())) if what == "tags" else written})

        self.app.push_screen(WordsDialog(title, told, words), take)

    def _edit(self, run: Listed, words: Mapping[str, Any]) -> None:
        try:
            editing.edit(Path(run.path), words)
        except (Unedited, Unreadable) as error:
            self._say(str(error))
            return
        self._came([listing.line(Path(run.path))], "")
        self.on_option_list_option_highlighted()

    def action_delete(self) -> None:
        """Let go of what is marked."""
        if (run := self._marked) is None:
            return
        try:
            editing.delete(Path(run.path))
        except Unedited as error:
            self._say(str(error))
            return
        at = self._browse.choices.highlighted
        del self._runs[run.id]
        self._list("No run is recorded here.")
        if at is not None and self._runs:
            self._browse.choices.highlighted = min(at, self._browse.choices.option_count - 1)
        self._say(f"Deleted: {run.title or run.id}. {spoken('runs.undo')} brings it back.")

    def action_undo(self) -> None:
        """Bring the run back that was deleted last."""
        try:
            back = editing.restore(self._place)
        except Unedited as error:
            self._say(str(error))
            return
        if back is None:
            self._say("Nothing was deleted in the last seven days.")
            return
        run = listing.line(back)
        self._runs[run.id] = run
        self._list("", run.id)
        self._say(f"Back: {run.title or run.id}.")

    def _say(self, remark: str) -> None:
        self._remark, self._said_of = remark, self._browse.choices.marked or ""
        self._follow()

    def action_back(self) -> None:
        """Leave the filter, or the screen."""
        if not self._browse.leave_filter():
            self.dismiss(None)


def _least(value: float | None) -> tuple[bool, float]:
    """Smaller first, and what is no number last."""
    return (True, 0.0) if value is None or math.isnan(value) else (False, value)
