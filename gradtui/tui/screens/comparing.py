"""Recorded runs beside one another: their losses overlaid, and all that differs as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from gradtui.runs.export.pictures import band
from gradtui.runs.folder import Found
from gradtui.tui.key import bindings
from gradtui.tui.keys import COMPARE, GLOBAL
from gradtui.tui.plot.bands import Bands
from gradtui.tui.screens.dialog import Answering
from gradtui.tui.widgets import compared
from gradtui.tui.widgets.lines import FOLLOWED, KeyLine, TopLine
from gradtui.tui.widgets.page import Page
from gradtui.tui.widgets.race import BandPlot
from gradtui.worker.session import Session


class CompareScreen(Answering[None]):
    """Two to eight runs."""

    CSS_PATH = "comparing.tcss"
    AUTO_FOCUS = "#page"
    BINDINGS: ClassVar[list[BindingType]] = bindings(COMPARE)

    def __init__(self, runs: Sequence[Found], session: Session) -> None:
        super().__init__()
        self._runs, self._session = runs, session
        self._validation = False
        self._top, self._keys = TopLine(), KeyLine()
        self._plot = BandPlot(id="losses", classes="panel")
        self._page = Page(compared.page(runs), id="page", classes="panel")
        self._page.border_title = "Side by side"

    def compose(self) -> ComposeResult:
        yield from (self._top, self._plot, self._page, self._keys)

    def on_mount(self) -> None:
        self.set_interval(FOLLOWED, self._follow)

    def on_resize(self) -> None:
        self.call_after_refresh(self._draw)

    def _follow(self) -> None:
        self._top.fill(self._session, f"{len(self._runs)} runs compared")

    def _draw(self) -> None:
        self._follow()
        runs = [found.run for found in self._runs]
        which = "validation_loss" if self._validation else "loss"
        lines = tuple(band(at, getattr(run.history, which)) for at, run in enumerate(runs))
        shown = Bands(tuple(line for line in lines if len(line.x)), float(max(run.step for run in runs) or 1))
        self._plot.fill("Validation loss" if self._validation else "Training loss", "steps", shown, "lowest to highest")
        self._keys.fill(COMPARE, GLOBAL, self._session)

    def action_turn(self) -> None:
        """Draw the training or the validation loss."""
        self._validation = not self._validation
        self._draw()

    def action_back(self) -> None:
        """Back to the list."""
        self.dismiss(None)
