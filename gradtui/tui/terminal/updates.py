"""From Textual's pictures to the terminal: a picture is sent once it is complete, and of it only the cells that changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from time import monotonic, process_time
from typing import Any

from rich.color import ColorSystem
from rich.console import Console, RenderableType
from rich.segment import Segment
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.app import App
from textual.screen import ModalScreen, Screen
from textual.strip import Strip

from gradtui.tui.terminal.driver import TerminalDriver

_AGAIN = 0.004
"""Seconds between two looks at a picture that is not complete yet."""
_PATIENCE, _LONGEST = 1.0, 5.0
"""Seconds of our own work, and in all, after which a picture is sent, complete or not: keys that come faster than they can be
answered are seen to do something.
"""


class Sent(CompositorUpdate):
    """A picture that was made into what the terminal takes."""

    def __init__(self, text: str) -> None:
        self._text = text

    def render_segments(self, console: Console) -> str:
        """The text."""
        return self._text


class CellsApp(App[None]):
    """An app whose screens appear in one paint.

    Textual paints a new screen, or one of another size, as often as its parts find their place, and always whole. Here a picture
    waits until nothing that the screens were told is left to be done.
    """

    _ends: tuple[float, float] | None = None
    """Until when a picture may wait, by our own work and by the clock; None while none does."""

    @property
    def settled(self) -> bool:
        """Whether the terminal was sent all that there is to see."""
        return self._ends is None and self._complete

    @property
    def seen(self) -> list[Screen[Any]]:
        """The screens that can be seen, the topmost first: down to one that nothing shows through."""
        found: list[Screen[Any]] = []
        for screen in reversed(self._screen_stack):
            found.append(screen)
            if not isinstance(screen, ModalScreen):
                break
        return found

    @property
    def _at_rest(self) -> bool:
        """Whether the screens have the terminal's size, nobody has a message to take, and nothing waits for the next refresh."""
        screens = self.seen
        pumps = (self, *(node for screen in screens for node in screen.walk_children(with_self=True)))
        busy = any(pump._next_callbacks or not pump._message_queue.empty() for pump in pumps)
        return not busy and all(screen._compositor.size == self.size and not screen._callbacks for screen in screens)

    @property
    def _complete(self) -> bool:
        """Whether nothing is left to be done, laid out or painted."""
        return self._at_rest and not any(map(_dirty, self.seen))

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if self._ends is None and self._at_rest:
            super()._display(screen, self._changes(renderable))
        elif self._ends is None and renderable is not None:
            self._ends = process_time() + _PATIENCE, monotonic() + _LONGEST
            self._look_again()

    def _look_again(self) -> None:
        self.set_timer(_AGAIN, self._send_when_complete)

    def _send_when_complete(self) -> None:
        """Send the whole picture that waits, once it is complete."""
        if self._ends is None or not self._screen_stack:
            return
        worked, late = self._ends
        if process_time() < worked and monotonic() < late and not self._complete:
            self._look_again()
            return
        self._ends = None
        picture = self.screen._compositor.render_update(full=True, screen_stack=self._background_screens)
        super()._display(self.screen, self._changes(picture))

    def _changes(self, renderable: RenderableType | None) -> Any:
        """The update without what the terminal shows already; None where nothing is left."""
        if not isinstance(self._driver, TerminalDriver) or not isinstance(renderable, ChopsUpdate | LayoutUpdate):
            return renderable
        pieces = _chops(renderable) if isinstance(renderable, ChopsUpdate) else _lines(renderable)
        text = self._driver.picture.paint(self.size, pieces, self.console._color_system or ColorSystem.TRUECOLOR)
        return Sent(text) if text else None


def _dirty(screen: Screen[Any]) -> bool:
    """Whether a screen is to be laid out or painted. One below another keeps `_repaint_required` for when it comes up again, and
    what is not shown, such as the scrollbar of a panel that has none, for ever.
    """
    whole = screen._layout_required, screen._scroll_required, screen._repaint_required and screen.is_active
    return any(whole) or any(widget.region for widget in screen._dirty_widgets)


def _lines(update: LayoutUpdate) -> Iterator[tuple[int, int, Iterable[Segment]]]:
    """Whole lines."""
    for y, strips in enumerate(update.strips, update.region.y):
        yield update.region.x, y, Strip.join(strips)


def _chops(update: ChopsUpdate) -> Iterator[tuple[int, int, Iterable[Segment]]]:
    """Runs of cells, each cropped at both ends: Textual 8 crops on the right only, and begins at the left edge of a widget."""
    for y, x1, x2 in update.spans:
        for (x, strip), end in zip(update.chops[y].items(), update.chop_ends[y], strict=False):
            if strip is not None and x < x2 and end > x1:
                start = max(x, x1)
                yield start, y, strip.crop(start - x, min(end, x2) - x)
