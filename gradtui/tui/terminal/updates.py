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
from textual.screen import Screen
from textual.strip import Strip

from gradtui.tui.terminal.driver import TerminalDriver

_AGAIN = 0.004
"""Seconds between two looks at a picture that is not complete yet."""
_PATIENCE, _LONGEST = 0.3, 3.0
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
    waits until nothing that the screen was told is left to be done.
    """

    _ends: tuple[float, float] | None = None
    """Until when a picture may wait, by our own work and by the clock; None while none does."""

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if self._ends is None and _at_rest(self, screen):
            super()._display(screen, self._changes(renderable))
        elif self._ends is None and renderable is not None:
            self._ends = process_time() + _PATIENCE, monotonic() + _LONGEST
            self._look_again()

    def _look_again(self) -> None:
        self.set_timer(_AGAIN, self._complete)

    def _complete(self) -> None:
        """Send the whole picture that waits, once it is complete."""
        if self._ends is None or not self._screen_stack:
            return
        screen, (worked, late) = self.screen, self._ends
        if process_time() < worked and monotonic() < late and not (_at_rest(self, screen) and _clean(screen)):
            self._look_again()
            return
        self._ends = None
        picture = screen._compositor.render_update(full=True, screen_stack=self._background_screens)
        super()._display(screen, self._changes(picture))

    def _changes(self, renderable: RenderableType | None) -> Any:
        """The update without what the terminal shows already; None where nothing is left."""
        if not isinstance(self._driver, TerminalDriver) or not isinstance(renderable, ChopsUpdate | LayoutUpdate):
            return renderable
        pieces = _chops(renderable) if isinstance(renderable, ChopsUpdate) else _lines(renderable)
        text = self._driver.picture.paint(self.size, pieces, self.console._color_system or ColorSystem.TRUECOLOR)
        return Sent(text) if text else None


def _at_rest(app: App[None], screen: Screen[object]) -> bool:
    """Whether nobody has a message to take, and nothing is to be done after the next refresh."""
    pumps = (app, *screen.walk_children(with_self=True))
    return not screen._callbacks and all(pump._message_queue.empty() and not pump._next_callbacks for pump in pumps)


def _clean(screen: Screen[object]) -> bool:
    """Whether nothing is to be laid out or painted."""
    wanted = screen._layout_required, screen._scroll_required, screen._repaint_required, screen._dirty_widgets
    return not any(wanted)


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
