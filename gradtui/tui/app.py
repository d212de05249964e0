"""The app: one session, one mailbox, and the screens that show them.

What the first picture does without is imported when it is asked for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.events import Event, Key

from gradtui.core.presets.collection import Shelf, listed
from gradtui.core.presets.preset import Preset, UnreadablePreset, changed
from gradtui.core.settings import AUTO, Unkept
from gradtui.core.text import printable
from gradtui.tui import theme
from gradtui.tui.chosen import Chosen
from gradtui.tui.key import bindings
from gradtui.tui.keys import GLOBAL
from gradtui.tui.screens.lab import LabScreen
from gradtui.tui.screens.opening import Opening
from gradtui.tui.terminal.driver import TerminalDriver
from gradtui.tui.terminal.launch import Surroundings
from gradtui.tui.terminal.updates import CellsApp
from gradtui.worker.line import Backend
from gradtui.worker.mailbox import Mailbox
from gradtui.worker.session import Session
from gradtui.worker.worker import Worker

if TYPE_CHECKING:
    from gradtui.remote.machines import Machines
    from gradtui.runs.studies import Kept
    from gradtui.tui.screens.studies import Studies


@dataclass(frozen=True)
class Opens:
    """What is opened when the app starts: a word for a preset or a folder, and `key=value` assignments to make in it."""

    word: str
    assignments: tuple[str, ...] = ()

    def job(self, machines: Machines, progress: Callable[[str], None], cancelled: Callable[[], bool]) -> Preset | Shelf:
        """Open it. Raises as `Machines.open` does."""
        found = machines.open(self.word, progress, cancelled)
        if isinstance(found, Preset):
            return changed(found, self.assignments)
        if self.assignments:
            raise UnreadablePreset(f"{printable(self.word)} is a folder, and --set changes one preset. Name the preset.")
        return found


class GradtuiApp(CellsApp):
    """The laboratory in a terminal."""

    TITLE = "gradtui"
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = bindings(GLOBAL)

    def __init__(
        self,
        preset: Preset,
        surroundings: Surroundings,
        connect: Callable[[Mailbox], Backend] = Worker,
        opens: Opens | None = None,
        races: tuple[Kept, int] | None = None,
        runs: Path | None = None,
        shows: Path | None = None,
    ) -> None:
        """`opens` is what is opened over the first preset, by a job that may take its time. `races` is a study to go on with, and
        in how many processes; `runs` where runs are recorded, None where they are not; `shows` a recorded run to show at first.
        """
        self.surroundings = surroundings
        self._studies: Studies | None = None
        self._opens, self._races, self._shows = opens, races, shows
        self.mailbox = Mailbox()
        self.session = Session(preset, lambda: connect(self.mailbox), runs)
        super().__init__()

        self.chosen = Chosen(self, surroundings.light)
        self.lab = LabScreen(self.session, self.mailbox, self.surroundings, self._watched)
        self.opening = Opening(self, self.session, self.lab, runs, lambda: self.studies)

    async def on_event(self, event: Event) -> None:
        """A key takes the answer to the one before it away."""
        if isinstance(event, Key) and self.lab.is_current:
            self.lab.forget()
        await super().on_event(event)

    def _watched(self) -> bool:
        """Whether a picture of the Lab would be seen now: nothing hides it, and the terminal has taken the last one."""
        late = isinstance(self._driver, TerminalDriver) and self._driver.output_pending > 0
        return not late and self.lab in self.seen

    def get_css_variables(self) -> dict[str, str]:
        """A theme's variables, with our own colours, and with what could not be read on its background changed."""
        variables = super().get_css_variables()
        variables.update(theme.colours(self.current_theme, self.surroundings.sixteen))
        return variables

    def use_theme(self, name: str) -> None:
        """Change the colours, now and at the next start."""
        try:
            self.chosen.use_theme(name)
        except Unkept as error:
            self.lab.say(f"The theme is for this time only. {error}")

    def on_mount(self) -> None:
        mistakes = self.chosen.take()
        self.push_screen(self.lab)
        if mistakes:
            self.call_after_refresh(self.lab.say, f"{mistakes[0]} `gradtui config` tells more.")
        self.call_after_refresh(self.opening.last)
        if (shown := self._shows) is not None:
            self.call_after_refresh(lambda: self.lab.steering.show(shown))
        if self._races is not None:
            self.call_after_refresh(self.studies.open, *self._races)
        if self._opens is not None:
            self.opening.errand(f"Open {self._opens.word}", self._opens.job)

    async def on_unmount(self) -> None:
        await asyncio.to_thread(self.session.course.line.close)
        await asyncio.to_thread(self.opening.close)
        if self._studies is not None:
            await asyncio.to_thread(self._studies.close)

    async def action_quit(self) -> None:
        """Leave; where something is not over, ask first."""
        from gradtui.tui.screens.leaving import LeavingDialog, ends

        if ended := ends(self.session, self._studies is not None and self._studies.under_way):
            self.push_screen(LeavingDialog(ended), lambda leave: self.exit() if leave else None)
        else:
            self.exit()

    def action_repaint(self) -> None:
        """Paint all of the screen anew."""
        if isinstance(self._driver, TerminalDriver):
            self._driver.redraw()

    def action_help(self) -> None:
        """Open the help."""
        from gradtui.tui.screens.help import HelpScreen

        self.push_screen(HelpScreen())

    async def action_show(self, screen: str) -> None:
        """Open a screen over the Lab."""
        shown = getattr(self.opening, screen)()
        if shown is not None:
            await shown

    @property
    def studies(self) -> Studies:
        """Races and searches for a rate."""
        if self._studies is None:
            from gradtui.tui.screens.studies import Studies

            self._studies = Studies(self, self.session, self.lab, self.surroundings.fps)
        return self._studies

    def action_study(self, verb: str) -> None:
        """Race, or find a learning rate."""
        getattr(self.studies, verb)()

    async def action_palette(self) -> None:
        """Open the list of everything that can be done here."""
        from gradtui.tui.screens.commands import everything
        from gradtui.tui.screens.palette import Palette

        presets = await asyncio.to_thread(listed)
        self.push_screen(Palette(everything(self.lab, presets, self.opening.lessons, self.chosen.theme(AUTO), self.use_theme)))
