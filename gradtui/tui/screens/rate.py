"""The search for a learning rate: what every rate came to, the range test beside it, and the rate that is suggested."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widgets import Static

from gradtui.core.text import exact, grouped
from gradtui.study.finder import Finder, Fixed, Found, found, so_far
from gradtui.study.picture import Band
from gradtui.tui.key import bindings
from gradtui.tui.keys import GLOBAL, RATE
from gradtui.tui.plot.bands import Bands
from gradtui.tui.screens.dialog import Answering
from gradtui.tui.widgets.lines import KeyLine, TopLine
from gradtui.tui.widgets.race import BandPlot, left_in_words
from gradtui.worker.racing import Finding
from gradtui.worker.session import Session


class RateScreen(Answering[float | None]):
    """Shows a search for a learning rate. Returns the rate that is taken, or None."""

    CSS_PATH = "rate.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(RATE)

    def __init__(self, finding: Finding, session: Session, fps: float) -> None:
        super().__init__()
        self._finding, self._session, self._fps = finding, session, fps
        self._top, self._keys = TopLine(), KeyLine()
        self._curve, self._test = BandPlot(id="curve", classes="panel"), BandPlot(id="test", classes="panel")
        self._words = Static(id="verdict", markup=False)
        self._found: Found | None = None
        self._said = ""

    def compose(self) -> ComposeResult:
        yield self._top
        with Horizontal(id="plots"):
            yield self._curve
            yield self._test
        yield from (self._words, self._keys)

    def on_mount(self) -> None:
        self.set_interval(max(0.25, 1 / self._fps), self.catch_up)

    def on_resize(self) -> None:
        self.call_after_refresh(self._draw)

    def catch_up(self) -> None:
        """Paint what has changed."""
        if self.is_current and self._found is None:
            studying = self._finding.studying
            if studying.done and not studying.problem:
                self._found = found(self._finding.finder, studying.results, studying.seconds)
            self._draw()

    def _draw(self) -> None:
        asked, studying, shown = self._finding.finder, self._finding.studying, self._found
        self._top.fill(self._session, f"Learning rate for {self._finding.title}")
        self._keys.fill([key for key in RATE if key.id != "rate.take" or self.suggested is not None], GLOBAL, self._session)
        if shown is None:
            curve = so_far(asked, studying.results, studying.live)
            self._curve.fill(_after(asked), "rate, log scale", Bands((_fixed(curve),), None))
            done = f"{left_in_words(studying.left, studying.share)}"
            self._say(studying.problem or f"{len(asked.rates)} rates on {asked.seeds} seeds, {asked.steps} steps each: {done}")
            return
        marks = (("suggested", shown.suggested),) if shown.suggested is not None else ()
        self._curve.fill(_after(asked), "rate, log scale", Bands((_fixed(shown.curve),), None, marks))
        self._test.fill("Range test: training loss while the rate grows", "rate, log scale", _test(shown))
        head = f"Learning rate {exact(shown.suggested)}. " if shown.suggested is not None else "No rate is suggested. "
        self._say(head + shown.why)

    @property
    def suggested(self) -> float | None:
        """The rate to take, where there is one."""
        return self._found.suggested if self._found else None

    def _say(self, words: str) -> None:
        if words != self._said:
            self._said = words
            self._words.update(words)

    def action_take(self) -> None:
        """Take the rate that is suggested."""
        if self.suggested is not None:
            self.dismiss(self.suggested)

    def action_back(self) -> None:
        """Leave the rate as it is."""
        self._finding.studying.end()
        self.dismiss(None)


def _after(asked: Finder) -> str:
    return f"Validation loss after {grouped(asked.steps)} steps"


def _fixed(curve: Sequence[Fixed]) -> Band:
    known = [one for one in curve if math.isfinite(one.median)]
    x, median, low, high = (np.array([getattr(one, name) for one in known]) for name in ("rate", "median", "low", "high"))
    lost = tuple(one.rate for one in curve if one.diverged)
    return Band(0, x, median, low, np.minimum(high, 1e308), lost)


def _test(shown: Found) -> Bands:
    test = shown.range_test
    losses = np.array(test.losses)
    named = (("valley", test.valley), ("steepest", test.steepest), ("minimum / 10", test.minimum_tenth))
    line = Band(0, np.array(test.rates), losses, losses, losses)
    return Bands((line,), None, tuple((name, value) for name, value in named if value is not None))
