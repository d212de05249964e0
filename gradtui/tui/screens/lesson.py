"""The lessons: a list of pages, and the marked one with the numbers of the run at hand."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from gradtui.core.measured.finding import RULES, Fix, by_rule
from gradtui.core.presets.preset import Preset
from gradtui.lessons.page import QUESTIONS, Page, pages
from gradtui.tui.keys import GLOBAL, LESSONS, bindings
from gradtui.tui.widgets.lesson import lesson
from gradtui.tui.widgets.lines import KeyLine, TopLine
from gradtui.worker.session import Session


class LessonScreen(Screen[Preset | tuple[Fix, ...] | None]):
    """Read about what can go wrong and what to choose. Returns the preset of a page, the fixes of its finding, or None when a
    person goes back.
    """

    CSS_PATH = "lesson.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-broad")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        *(replace(key, priority=True) if isinstance(key, Binding) else key for key in bindings(LESSONS)),
        Binding("j,down", "cursor(1)", show=False),
        Binding("k,up", "cursor(-1)", show=False),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._found = by_rule(session.run.findings)

    def compose(self) -> ComposeResult:
        yield TopLine(id="top")
        with Horizontal(id="body"):
            contents = OptionList(id="contents", classes="panel", compact=True)
            contents.border_title = "Lessons"
            yield contents
            with VerticalScroll(id="page", classes="panel", can_focus=False):
                yield Static(id="words", markup=False)
        yield KeyLine(id="keys")

    def on_mount(self) -> None:
        options = self.query_one(OptionList)
        found = [name for name in self._found if name in RULES]
        for heading, names in (
            ("Wrong with this run", found),
            ("Questions", QUESTIONS),
            ("Signs of trouble", [name for name in RULES if name not in found]),
        ):
            if names:
                options.add_option(Option(Text(heading, style="dim"), disabled=True))
                options.add_options(Option(self._line(name), id=name) for name in names)
        options.highlighted = 1
        self.set_focus(options)

    def _line(self, name: str) -> Text:
        glyph = "!" if name in self._found else " "
        return Text(f"{glyph} {pages()[name].title}", no_wrap=True, overflow="ellipsis")

    def on_resize(self) -> None:
        self.call_after_refresh(self._frame)

    def _frame(self) -> None:
        self.query_one(TopLine).fill(self._session, "Lessons")
        self.query_one(KeyLine).fill([key for key in LESSONS if key.id != "lessons.fix" or self._fixes], GLOBAL, self._session)

    @property
    def _marked(self) -> Page | None:
        option = self.query_one(OptionList).highlighted_option
        return pages()[option.id] if option is not None and option.id is not None else None

    @property
    def _fixes(self) -> tuple[Fix, ...]:
        """What would mend the finding that the marked page is about."""
        finding = self._found.get(self._marked.name) if self._marked else None
        return finding.fixes if finding else ()

    def on_option_list_option_highlighted(self) -> None:
        if (page := self._marked) is not None:
            self.query_one("#page").border_title = page.title
            self.query_one("#words", Static).update(lesson(page, self._session.run))
            self.query_one("#page").scroll_home(animate=False)
            self._frame()

    async def on_option_list_option_selected(self) -> None:
        await self.action_choose()

    async def action_choose(self) -> None:
        """Open the preset of the page."""
        if (page := self._marked) is not None:
            preset = await asyncio.to_thread(page.opened)
            if self.is_active:
                self.dismiss(preset)

    def action_fix(self) -> None:
        """Leave with what would mend the finding of the page."""
        if self.is_active and (fixes := self._fixes):
            self.dismiss(fixes)

    def action_back(self) -> None:
        """Leave the screen."""
        if self.is_active:
            self.dismiss(None)

    def action_scroll(self, pages: int) -> None:
        """Scroll the page, a screenful at a time."""
        page = self.query_one("#page")
        page.scroll_page_down(animate=False) if pages > 0 else page.scroll_page_up(animate=False)

    def action_cursor(self, by: int) -> None:
        """Move the mark by one page."""
        options = self.query_one(OptionList)
        options.action_cursor_down() if by > 0 else options.action_cursor_up()
