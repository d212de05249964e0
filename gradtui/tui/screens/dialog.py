"""Screens that give one answer, and those of them that lie over another screen."""

from __future__ import annotations

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, Screen, ScreenResultType


class Answering(Screen[ScreenResultType]):
    """A screen that can be dismissed once.

    Textual's `dismiss` takes the topmost screen away, whichever that is. So a second Enter or Escape, arriving while the first
    is being worked on, takes the screen below as well, or ends the app with an error where there is none.
    """

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Close this screen with its answer; nothing once it is closed."""
        return super().dismiss(result) if self.is_active else AwaitComplete()


class Dialog(ModalScreen[ScreenResultType], Answering[ScreenResultType]):
    """A screen over the screen, which shows through: the styles of the first base are those that Textual inherits."""
