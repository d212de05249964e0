"""The keys that a person chose in place of ours, by id: checked, since a hand wrote them."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping

from textual.keys import Keys, _character_to_key

from gradtui.core.text import nearest
from gradtui.tui.key import Key
from gradtui.tui.keys import BY_ID, TOGETHER

_NAMED = {key.value for key in Keys} | {_character_to_key(character) for character in string.printable if character.strip()}


def checked(wanted: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """The keys that can be had, by id and by Textual's names, and why the others cannot, a sentence each."""
    mistakes, chosen = list[str](), dict[str, str]()
    for id_, words in wanted.items():
        names = [_character_to_key(name) if len(name) == 1 else name for name in words.replace(",", " ").split()]
        unknown = next((name for name in names if name not in _NAMED), None)
        if id_ not in BY_ID:
            meant = nearest(id_, BY_ID)
            mistakes.append(f"There is no key called {id_}.{f' Did you mean {meant}?' if meant else ''}")
        elif not names:
            mistakes.append(f"{id_} names no key. Allowed: one or more, such as x, ctrl+x or f5.")
        elif unknown is not None:
            mistakes.append(f"{id_}: {unknown} is no key. Allowed: a character, or a name such as space, ctrl+x or f5.")
        else:
            chosen[id_] = ",".join(names)
    for id_ in list(chosen):
        if other := next(_clashes(id_, chosen), None):
            del chosen[id_]
            mistakes.append(f"{id_} stays as it is: {wanted[id_]} is {other.words} ({other.id}) already.")
    return chosen, mistakes


def _clashes(id_: str, chosen: Mapping[str, str]) -> Iterator[Key]:
    """The keys that a choice would take away from others that apply at the same time."""
    for keys in TOGETHER:
        if any(key.id == id_ for key in keys):
            names = set(chosen[id_].split(","))
            yield from (key for key in keys if key.id != id_ and names & set(chosen.get(key.id, key.keys).split(",")))
