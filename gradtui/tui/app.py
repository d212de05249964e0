"""The app: one session, one mailbox, and the screens that show them.

What the first picture does without is imported when it is asked for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual.binding import BindingType

from gradtui.core.library import listed
from gradtui.core.preset import Preset
from gradtui.tui import theme
from gradtui.tui.driver import TerminalDriver
from gradtui.tui.keys import GLOBAL, LAB, bindings
from gradtui.tui.screens.lab import LabScreen
from gradtui.tui.terminal import Surroundings
from gradtui.tui.updates import CellsApp
from gradtui.worker.mailbox import Mailbox
from gradtui.worker.session import Backend, Session
from gradtui.worker.worker import Worker


class GradtuiApp(CellsApp):
    """The laboratory in a terminal."""

    TITLE = "gradtui"
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = bindings(GLOBAL)

    def __init__(self, preset: Preset, surroundings: Surroundings, connect: Callable[[Mailbox], Backend] = Worker) -> None:
        self.surroundings = surroundings
        self.mailbox = Mailbox()
        self.session = Session(preset, lambda: connect(self.mailbox))
        super().__init__()

    def _busy(self) -> bool:
        return isinstance(self._driver, TerminalDriver) and self._driver.output_pending > 0

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our own colours, beside Textual's."""
        return theme.colours(self.current_theme)

    def on_mount(self) -> None:
        self.lab = LabScreen(self.session, self.mailbox, self.surroundings, self._busy)
        self.push_screen(self.lab)

    async def on_unmount(self) -> None:
        await asyncio.to_thread(self.session.close)

    def action_help(self) -> None:
        """Open the help."""
        from gradtui.tui.screens.help import HelpScreen

        self.push_screen(HelpScreen())

    def action_presets(self) -> None:
        """Open the list of presets."""
        from gradtui.tui.screens.presets import PresetsScreen

        def take(preset: Preset | None) -> None:
            if preset is not None:
                self.lab.open(preset)

        self.push_screen(PresetsScreen(self.session, listed()), take)

    def action_lessons(self) -> None:
        """Open the lessons."""
        from gradtui.tui.screens.lesson import LessonScreen

        def take(preset: Preset | None) -> None:
            if preset is not None:
                self.lab.open(preset)

        self.push_screen(LessonScreen(self.session), take)

    def action_save(self) -> None:
        """Save the experiment as a preset."""
        from gradtui.tui.screens.save import SaveScreen

        def take(preset: Preset | None) -> None:
            if preset is not None:
                self.session.preset = preset
                self.lab.say(f"Saved as {preset.origin.place if preset.origin else ''}.")

        self.push_screen(SaveScreen(self.session.preset.with_experiment(self.session.experiment)), take)

    def action_palette(self) -> None:
        """Open the list of everything that can be done here."""
        from gradtui.tui.palette import Command, Palette

        keys = [key for key in (*LAB, *GLOBAL) if key.verb]
        commands = [
            *(Command(key.command, f"{key.tooltip} ({key.shown})", partial(self.lab.run_action, key.action)) for key in keys),
            *(
                Command(f"Presets: Open {entry.name}", entry.title, partial(self.lab.open, entry.preset))
                for entry in listed()
                if entry.preset is not None
            ),
            *(
                Command(f"Theme: Use {name}", "Change the colours.", partial(setattr, self, "theme", name))
                for name in self.available_themes
            ),
        ]
        self.push_screen(Palette(commands))
