"""A key: what it is called, where it is bound, how it is written, and which one a person chose in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from textual.binding import Binding, BindingType
from textual.keys import REPLACED_KEYS, key_to_character

from gradtui.worker.session import Session

_chosen: dict[str, str] = {}
"""The keys that a person chose, by id: one keyboard, one set of them."""


def choose(keys: Mapping[str, str]) -> None:
    """Write these keys, by id, wherever their own would stand."""
    _chosen.clear()
    _chosen.update(keys)


def _always(session: Session) -> bool:
    return True


@dataclass(frozen=True)
class Key:
    """A key: a stable id to remap it by, the keys themselves, the action, its word in the footer, what it does in a sentence.

    `verb` names it in the palette as "Area: Verb", where the area is the id's first part; keys without one are not there.
    `footer` says whether it may stand in the footer, `late` whether after all others, and `pair` is the key that stands before it
    there. `applies` says whether it does anything now, `priority` whether it goes before what has the focus.
    """

    id: str
    keys: str
    action: str
    words: str
    tooltip: str
    verb: str = ""
    footer: bool = True
    late: bool = False
    pair: Key | None = None
    applies: Callable[[Session], bool] = _always
    words_now: Callable[[Session], str] | None = None
    priority: bool = False

    @property
    def binding(self) -> Binding:
        """The key as Textual binds it."""
        return Binding(self.keys, self.action, self.words, show=False, id=self.id, tooltip=self.tooltip, priority=self.priority)

    @property
    def command(self) -> str:
        """The palette's name of it: "Run: Rewind to step 0"."""
        return f"{self.id.partition('.')[0].capitalize()}: {self.verb}"

    @property
    def names(self) -> list[str]:
        """The keys that are in force, by Textual's names."""
        return [name.strip() for name in _chosen.get(self.id, self.keys).split(",")]

    @property
    def shown(self) -> str:
        """The first of the keys as people write it: space, ^p, ?; with the first of its pair before it."""
        own = _written(self.names[0])
        return f"{self.pair.shown} {own}" if self.pair else own

    @property
    def all_shown(self) -> str:
        """All of the keys, as people write them."""
        return " ".join(map(_written, self.names))

    @property
    def spoken(self) -> str:
        """The first of the keys as a sentence names it: Space, u, ^p."""
        own = _written(self.names[0])
        return own.capitalize() if len(own) > 1 else own

    def label(self, session: Session) -> str:
        """The word in the footer for what the key does now."""
        return self.words_now(session) if self.words_now else self.words


_SHOWN = {"escape": "esc", "up": "↑", "down": "↓", "left": "←", "right": "→", "pageup": "pgup", "pagedown": "pgdn"}


def _written(name: str) -> str:
    character = key_to_character(REPLACED_KEYS.get(name, name))
    visible = character is not None and character.isprintable() and not character.isspace()
    return character if character and visible else _SHOWN.get(name, name.replace("ctrl+", "^"))


def hint(keys: Iterable[Key]) -> str:
    """The keys and their words, for the border of a dialog."""
    return "  ".join(f"{key.shown} {key.words}" for key in keys)


def letters(keys: Iterable[Key]) -> frozenset[str]:
    """The single characters among the keys."""
    return frozenset(name for key in keys for name in key.names if len(name) == 1)


def bindings(keys: Iterable[Key]) -> list[BindingType]:
    """The keys as Textual binds them."""
    return [key.binding for key in keys]


def overlaid(keys: Iterable[Key], over: Iterable[Key]) -> list[Key]:
    """The keys, each in the place of the one that it takes over, the late ones last."""
    taken = {tuple(key.names): key for key in over}
    placed = [taken.pop(tuple(key.names), key) for key in keys]
    return sorted([*placed, *taken.values()], key=lambda key: key.late)
