"""The lessons: a list of pages, and the marked one with the numbers of the run at hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType

from gradtui.core.measured.finding import RULES, Fix, by_rule
from gradtui.core.presets.preset import Preset
from gradtui.lessons.page import QUESTIONS, Page, pages
from gradtui.tui.key import bindings
from gradtui.tui.keys import BROWSE, GLOBAL, LESSONS
from gradtui.tui.screens.dialog import Answering
from gradtui.tui.widgets.browse import Browse
from gradtui.tui.widgets.choices import Choice
from gradtui.tui.widgets.lesson import lesson
from gradtui.tui.widgets.lines import FOLLOWED, KeyLine, TopLine
from gradtui.worker.session import Session


@dataclass(frozen=True)
class Tried:
    """What shows it happen, and the dotted key of the value that it is about."""

    preset: Preset
    value: str


class LessonScreen(Answering[Tried | tuple[Fix, ...] | str | None]):
    """Read about what can go wrong and what to choose. Returns what a page shows, the fixes of its finding, the study that answers
    it by its verb, or None when a person goes back.
    """

    CSS_PATH = "lesson.tcss"
    AUTO_FOCUS = "#list"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-broad")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = bindings(LESSONS)

    def __init__(self, session: Session, showed: Callable[[str], str], marked: str | None = None) -> None:
        """`showed` tells what the newest study of a verb came to; `marked` names the page that is shown first."""
        super().__init__()
        self._showed = showed
        self._session = session
        self._found = by_rule(session.run.findings)
        self._top, self._keys = TopLine(), KeyLine()
        self._browse = Browse("Lessons", LESSONS)
        found = [name for name in self._found if name in RULES]
        groups = {
            "Wrong with this run": [*map(self._choice, found)],
            "Questions": [*map(self._choice, QUESTIONS)],
            "Signs of trouble": [self._choice(name) for name in RULES if name not in found],
        }
        self._browse.choices.offer(groups, marked, "No lesson holds these words.")

    def compose(self) -> ComposeResult:
        yield from (self._top, self._browse, self._keys)

    def _choice(self, name: str) -> Choice:
        page, glyph = pages()[name], "!" if name in self._found else " "
        line = Text(f"{glyph} {page.title}", no_wrap=True, overflow="ellipsis")
        title = f"{page.title} {name}"
        return Choice(name, line, " ".join([title, *(block.text for block in page.blocks)]), title=title)

    def on_resize(self) -> None:
        self.call_after_refresh(self._frame)

    def on_mount(self) -> None:
        self.set_interval(FOLLOWED, self._follow)

    def _follow(self) -> None:
        """Show how far the run has come."""
        self._top.fill(self._session, "Lessons")

    def _frame(self) -> None:
        self._follow()
        asks = self._marked is not None and bool(self._marked.study)
        there = {"lessons.fix": bool(self._fixes), "lessons.study": asks}
        here = [key for key in LESSONS if there.get(key.id, True)]
        self._keys.fill((*here, *BROWSE), GLOBAL, self._session)

    @property
    def _marked(self) -> Page | None:
        name = self._browse.choices.marked
        return pages()[name] if name is not None else None

    @property
    def _fixes(self) -> tuple[Fix, ...]:
        """What would mend the finding that the marked page is about."""
        finding = self._found.get(self._marked.name) if self._marked else None
        return finding.fixes if finding else ()

    def on_option_list_option_highlighted(self) -> None:
        if (page := self._marked) is not None:
            self._browse.page.border_title = page.title
            self._browse.page.show(lesson(page, self._session.run, self._showed(page.study) if page.study else ""))
            self._frame()

    def on_choices_emptied(self) -> None:
        self._browse.page.border_title = ""
        self._browse.page.show("")

    async def on_option_list_option_selected(self) -> None:
        await self.action_choose()

    async def action_choose(self) -> None:
        """Open the preset of the page."""
        if (page := self._marked) is not None:
            self.dismiss(Tried(await asyncio.to_thread(page.opened), page.value))

    def action_study(self) -> None:
        """Leave with the study that answers the page's question."""
        if (page := self._marked) is not None and page.study:
            self.dismiss(page.study)

    def action_fix(self) -> None:
        """Leave with what would mend the finding of the page."""
        if fixes := self._fixes:
            self.dismiss(fixes)

    def action_back(self) -> None:
        """Leave the filter, or the screen."""
        if not self._browse.leave_filter():
            self.dismiss(None)
