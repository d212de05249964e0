"""The heat map over time: what every layer showed at every step so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual.binding import BindingType

from gradtui.core.measured.frame import QUANTITIES
from gradtui.core.measured.history import Series
from gradtui.core.measured.run import Run
from gradtui.core.measured.verdict import Meaning
from gradtui.core.text import exact
from gradtui.tui.key import bindings
from gradtui.tui.keys import REPLAY
from gradtui.tui.plot import glyphs
from gradtui.tui.plot.axis import MARGIN, Axis, page, settled
from gradtui.tui.plot.bars import scale
from gradtui.tui.plot.canvas import text
from gradtui.tui.plot.fold import equal_runs, names_width, row_names
from gradtui.tui.plot.heat import Profiles, heat, levels, needed, rows
from gradtui.tui.widgets.plot import Plot

_INKS = tuple(f".heat--{meaning.value}" for meaning in Meaning)


@dataclass(frozen=True)
class HeatMapView:
    """What the map shows: one quantity, the layers from the input side to the output, their numbers over steps, the newest step and
    the last one that the run will have.
    """

    quantity: str
    layers: tuple[str, ...]
    profiles: Profiles
    newest: int
    steps: int

    @classmethod
    def of(cls, quantity: str, run: Run, newest: int = 0) -> HeatMapView:
        """All that a run's history holds of a quantity, with room up to the `newest` step."""
        series, last, steps = run.history.layers.get(quantity), run.history.last, run.experiment.run.steps
        if series is None or last is None:
            count = len(run.layers)
            return cls(quantity, run.layers, Profiles.of(Series(count, 1), [False] * count), 0, steps)
        measured = [value is not None for value in last.layers[quantity]]
        return cls(quantity, run.layers, Profiles.of(series, measured), max(newest, last.step), steps)


class HeatMap(Plot):
    """A row a layer, the output layer on top; a column some steps, the same as those of the loss. Colour says what a number means
    in the profile of its step, the glyph how far it is from what it is compared with.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings(REPLAY)
    COMPONENT_CLASSES: ClassVar[set[str]] = {*(ink[1:] for ink in _INKS), "heat--quiet"}
    DEFAULT_CSS = """
    HeatMap {
        .heat--vanishing { color: $grad-vanishing; }
        .heat--healthy { color: $grad-healthy; }
        .heat--exploding { color: $grad-exploding; }
        .heat--none { color: $quiet; }
        .heat--quiet { color: $quiet; }
    }
    """

    _view: HeatMapView | None = None
    _range: Axis | None = None

    def fill(self, view: HeatMapView) -> None:
        """Show these numbers in place of the last ones."""
        if view != self._view:
            last = self._view
            if last is None or (view.quantity, view.layers) != (last.quantity, last.layers) or not len(view.profiles):
                self._range = None
            self._view = view
            if self.is_attached:
                self.draw()

    @property
    def margin(self) -> int:
        """Columns for the names left of the map."""
        return max(MARGIN, names_width(self._view.layers, self.size.height - 1)) if self._view else MARGIN

    def draw(self) -> None:
        view = self._view
        if view is None:
            return
        width, height = self.size
        runs = equal_runs(len(view.layers), height - 1)[::-1]
        names = self.margin
        room = max(1, width - names - 4)
        steps = page(view.newest, view.steps)
        maps, legend = [Text()] * len(runs), ""
        if len(view.profiles):
            drawn = heat(view.profiles, view.quantity, steps, room)
            self._range = settled(self._range, needed(drawn, view.quantity))
            scaled = levels(self._range)
            maps, legend = [text(row) for row in rows(drawn, runs, scaled, _INKS)], self._legend(view, scaled)
        self.entitle(self._title(view, runs), [legend])
        if not view.layers:
            self.show([Text(" No step yet.", ".heat--quiet")])
            return
        lines = [Text(" " * (names + 3) + scale(Axis(0, steps), room), ".heat--quiet")]
        for name, row in zip(row_names(view.layers, runs), maps, strict=True):
            lines.append(Text(f" {name:>{names}}  ", ".heat--quiet").append_text(row))
        self.show(lines)

    def _title(self, view: HeatMapView, runs: Sequence[range]) -> list[str]:
        folded = len(runs[-1]) if runs else len(view.layers)
        parts = ["Over time", QUANTITIES[view.quantity].symbol + (f", the worst of {folded} layers" if folded > 1 else " by layer")]
        if view.profiles.lost.any():
            parts.append(f"[$grad-exploding]{glyphs.LOST} not finite[/]")
        return parts

    def _legend(self, view: HeatMapView, scaled: Axis) -> str:
        """What the glyphs stand for, in words."""
        if not scaled.logarithmic:
            return f"{glyphs.HEAT} {exact(scaled.low)} to {exact(scaled.high)}"
        step = round((scaled.high - scaled.low) / len(glyphs.HEAT))
        low, high = (f"1e{power}" if power else "1" for power in (round(scaled.low + step / 2), round(scaled.high - step / 2)))
        compared = f"layer {view.layers[0] if view.quantity == 'activation_std' else view.layers[-2:][0]}"
        if view.quantity == "update_ratio":
            compared = "the weights"
        times = f"{10**step:g}" if step < 4 else f"1e{step}"
        return f"{glyphs.HEAT} {low} to {high} of {compared}, each {times} times the one before"
