"""The app: one session, one mailbox, and the screens that show them."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import App
from textual.binding import BindingType

from gradtui.core.preset import Preset
from gradtui.tui.keys import GLOBAL, bindings
from gradtui.tui.screens.lab import LabScreen
from gradtui.worker.mailbox import Mailbox
from gradtui.worker.session import Backend, Session
from gradtui.worker.worker import Worker


class GradtuiApp(App[None]):
    """The laboratory in a terminal."""

    TITLE = "gradtui"
    CSS_PATH = "app.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(GLOBAL)

    def __init__(self, preset: Preset, fps: float = 10, connect: Callable[[Mailbox], Backend] = Worker) -> None:
        super().__init__()
        self.mailbox = Mailbox()
        self.session = Session(preset, lambda: connect(self.mailbox))
        self._fps = fps

    def on_mount(self) -> None:
        self.push_screen(LabScreen(self.session, self.mailbox, self._fps))

    def action_help(self) -> None:
        """Open the help."""
        from gradtui.tui.screens.help import HelpScreen

        self.push_screen(HelpScreen())
