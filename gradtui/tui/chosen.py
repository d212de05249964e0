"""What a person keeps from one start to the next, as it is used: the theme, the keys."""

from __future__ import annotations

import os
from typing import Any

from textual.app import App

from gradtui.core.settings import AUTO, keep, place, read
from gradtui.core.text import nearest
from gradtui.tui.key import choose
from gradtui.tui.keymap import checked


class Chosen:
    """Brings the settings into an app. `light` says whether the terminal's background is."""

    def __init__(self, app: App[Any], light: bool | None) -> None:
        self._app, self._light = app, light

    def take(self) -> tuple[str, ...]:
        """Use the settings, unless the environment asks for something else; what is wrong with them, a sentence each."""
        settings, known = read(place()), self._app.available_themes
        keys, mistakes = checked(settings.keys)
        choose(keys)
        self._app.set_keymap(keys)
        if settings.theme != AUTO and settings.theme not in known:
            meant = nearest(settings.theme, known)
            mistakes.append(f"There is no theme called {settings.theme}.{f' Did you mean {meant}?' if meant else ''}")
        elif "TEXTUAL_THEME" not in os.environ:
            self._app.theme = self.theme(settings.theme)
        return (*settings.mistakes, *mistakes)

    def theme(self, name: str) -> str:
        """The theme of that name; the one that suits the terminal's background where the name leaves it to that."""
        return name if name != AUTO else "textual-light" if self._light else "textual-dark"

    def use_theme(self, name: str) -> None:
        """Change the colours, now and at the next start. Raises Unkept where they are for this time only."""
        self._app.theme = self.theme(name)
        keep(place(), "theme", name)
