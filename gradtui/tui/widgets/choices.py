"""Lists to choose from: everywhere the same keys, the same mouse, and the same search."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.visual import VisualType
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from gradtui.tui.key import Key, bindings, letters
from gradtui.tui.keys import LIST, SEARCH
from gradtui.tui.widgets.entry import Entry

_TOGETHER = 1.0
"""Seconds between two letters of one word."""


@dataclass(frozen=True)
class Choice:
    """A line of a list: its name, what it shows, the words that find it, whether it can be chosen, and what it is called: of those
    that are found, the first that is called by the words is marked.
    """

    name: str
    line: VisualType
    words: str
    fits: bool = True
    title: str = ""


class Unfound(ValueError):
    """Words that ask for nothing that could be there; the message says why."""


def _by_words(words: str) -> Callable[[Choice], bool]:
    asked = words.lower().split()
    return lambda choice: all(word in choice.words.lower() for word in asked)


class Choices(OptionList):
    """A list with one marked line. A click marks, a second one on the same line or Enter chooses, a letter goes to the next line
    that begins with it, and `narrow` leaves those that hold some words.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings(LIST)

    @dataclass
    class Emptied(Message):
        """No choice is left."""

    _none = _words = ""
    _finds: Callable[[str], Callable[[Choice], bool]] = staticmethod(_by_words)
    _typed, _typed_at = "", 0.0
    _clicked: int | None = None

    def __init__(self, *, id: str | None = None, keys: Iterable[Key] = ()) -> None:  # noqa: A002
        """`keys` are those of the screen: a letter among them keeps its meaning."""
        super().__init__(id=id, compact=True, markup=False)
        self._taken = letters((*LIST, *keys))
        self._groups: Mapping[str, Sequence[Choice]] = {}
        self._shown: dict[str, Choice] = {}

    def offer(
        self,
        groups: Mapping[str, Sequence[Choice]],
        marked: str | None = None,
        none: str = "",
        finds: Callable[[str], Callable[[Choice], bool]] = _by_words,
    ) -> None:
        """List these choices under their headings, one of them marked, or else the first; `none` is said where there is none.
        `finds` says which choices hold some words; it may raise Unfound.
        """
        self._groups, self._none, self._finds = groups, none, finds
        self._list(marked)

    def narrow(self, words: str) -> None:
        """List only the choices that hold all of these words; the first that is called by them is marked, or else the old one."""
        asked = words.lower().split()
        every = [choice for choices in self._groups.values() for choice in choices]
        called = (choice.name for choice in every if asked and all(word in choice.title.lower() for word in asked))
        self._words = words
        self._list(next(called, self.marked))

    def replace(self, choice: Choice) -> None:
        """Show a choice anew, in its place."""
        self._groups = {
            heading: [choice if old.name == choice.name else old for old in choices] for heading, choices in self._groups.items()
        }
        if choice.name in self._shown:
            self._shown[choice.name] = choice
            self.replace_option_prompt(choice.name, choice.line)

    @property
    def marked(self) -> str | None:
        """The name of the marked choice."""
        return self.highlighted_option.id if self.highlighted_option is not None else None

    def mark(self, name: str) -> None:
        """Mark a choice that is listed."""
        self.highlighted = self.get_option_index(name)

    def _list(self, marked: str | None) -> None:
        none = self._none
        try:
            holds = self._finds(self._words)
        except Unfound as error:
            none, holds = str(error), lambda _: False
        self._shown, options = {}, []
        for heading, choices in self._groups.items():
            found = [*filter(holds, choices)]
            if found and heading:
                options.append(Option(Text(heading, "dim"), disabled=True))
            options += [Option(choice.line, id=choice.name, disabled=not choice.fits) for choice in found]
            self._shown |= {choice.name: choice for choice in found}
        self.set_options(options or [Option(Text(none, "dim"), disabled=True)])
        if not self._shown:
            self.post_message(self.Emptied())
        elif marked in self._shown:
            self.mark(marked)
        else:
            self.action_first()

    def action_page(self, by: int) -> None:
        """Move the mark by a screenful, once there is one: Textual's list raises on a page of no lines."""
        if self.scrollable_content_region:
            self._move_page(1 if by > 0 else -1)

    def on_key(self, event: events.Key) -> None:
        """Go to the line that the letters typed begin; a first letter with a meaning of its own keeps it."""
        if not (event.character and event.is_printable and not event.character.isspace()):
            self._typed = ""
            return
        typed = self._typed + event.character.lower() if event.time - self._typed_at < _TOGETHER else event.character.lower()
        self._typed, self._typed_at = "", event.time
        for letters_ in (typed, typed[-1]):
            if (len(letters_) > 1 or event.character not in self._taken) and (found := self._beginning(letters_)) is not None:
                self._typed = letters_
                self.mark(found)
                event.stop()
                return

    def _beginning(self, typed: str) -> str | None:
        """The next choice that begins with these letters, or else one of whose words does."""
        names = [choice for choice in self._shown.values() if choice.fits]
        here = next((at for at, choice in enumerate(names) if choice.name == self.marked), 0) + (len(typed) == 1)
        turned = [*names[here:], *names[:here]]
        begins = (choice.name for choice in turned if choice.words.lower().startswith(typed))
        holds = (choice.name for choice in turned if f" {typed}" in choice.words.lower())
        return next(begins, None) or next(holds, None)

    async def _on_click(self, event: events.Click) -> None:
        """A click marks, a second one on the same line chooses."""
        event.prevent_default()
        at: int | None = event.style.meta.get("option")
        if at is None or self.options[at].disabled:
            return
        again, self._clicked = self._clicked == at == self.highlighted, at
        self.highlighted = at
        if again:
            self.action_select()


class Search(Entry):
    """What is typed here narrows a list, which the arrows move and from which Enter chooses meanwhile."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(SEARCH)

    def __init__(self, choices: Choices, narrow: Callable[[str], None], placeholder: str) -> None:
        super().__init__(placeholder=placeholder, id="search", max_length=60)
        self._choices, self._narrow = choices, narrow

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._narrow(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._choices.action_select()

    def action_mark(self, by: int) -> None:
        """Move the mark of the list by a line."""
        self._choices.action_cursor_down() if by > 0 else self._choices.action_cursor_up()

    def action_page(self, by: int) -> None:
        """Move the mark of the list by a screenful."""
        self._choices.action_page(by)
