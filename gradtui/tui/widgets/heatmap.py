"""The heat map over time: what every layer showed at every step so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text

from gradtui.core.measured.frame import QUANTITIES
from gradtui.core.measured.history import History, Series
from gradtui.core.measured.protocol import Started
from gradtui.core.measured.verdict import WANTED_UPDATE, Meaning
from gradtui.core.text import exact
from gradtui.tui.plot import glyphs
from gradtui.tui.plot.axis import MARGIN, Axis, page, settled
from gradtui.tui.plot.bars import scale
from gradtui.tui.plot.canvas import text
from gradtui.tui.plot.fold import equal_runs
from gradtui.tui.plot.heat import Profiles, heat, levels, needed, rows
from gradtui.tui.widgets.cells import Cells

_INKS = tuple(f".heat--{meaning.value}" for meaning in Meaning)


@dataclass(frozen=True)
class HeatMapView:
    """What the map shows: one quantity, the layers from the input side to the output, their numbers over steps, the newest step."""

    quantity: str
    layers: tuple[str, ...]
    profiles: Profiles
    newest: int = 0

    @classmethod
    def of(cls, quantity: str, started: Started | None, history: History) -> HeatMapView:
        """All that a run's history holds of a quantity."""
        layers = started.layers if started else ()
        series, last = history.layers.get(quantity), history.last
        if series is None or last is None:
            return cls(quantity, layers, Profiles.of(Series(len(layers), 1), [False] * len(layers)))
        measured = [value is not None for value in last.layers[quantity]]
        return cls(quantity, layers, Profiles.of(series, measured), last.step)


class HeatMap(Cells, can_focus=True):
    """A row a layer, the output layer on top; a column some steps, the same as those of the loss. Colour says what a number means
    in the profile of its step, the glyph how far it is from what it is compared with.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {*(ink[1:] for ink in _INKS), "heat--quiet"}
    DEFAULT_CSS = """
    HeatMap {
        .heat--vanishing { color: $grad-vanishing; }
        .heat--healthy { color: $grad-healthy; }
        .heat--exploding { color: $grad-exploding; }
        .heat--none { color: $foreground 70%; }
        .heat--quiet { color: $foreground 60%; }
    }
    """

    _view = HeatMapView.of("activation_gradient", None, History())
    _range: Axis | None = None

    def fill(self, view: HeatMapView) -> None:
        """Show these numbers in place of the last ones."""
        if view != self._view:
            if (view.quantity, view.layers) != (self._view.quantity, self._view.layers) or not len(view.profiles):
                self._range = None
            self._view = view
            if self.is_attached:
                self._draw()

    def on_mount(self) -> None:
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        view = self._view
        width, height = self.size
        runs = equal_runs(len(view.layers), height - 1)[::-1]
        names = max([MARGIN, *(len(name) + len(glyphs.FOLD) for name in view.layers)])
        room = max(1, width - names - 4)
        steps = page(view.newest)
        maps, legend = [Text()] * len(runs), ""
        if len(view.profiles):
            drawn = heat(view.profiles, view.quantity, steps, room)
            self._range = settled(self._range, needed(drawn, view.quantity))
            scaled = levels(self._range)
            maps, legend = [text(row) for row in rows(drawn, runs, scaled, _INKS)], self._legend(scaled)
        self.head(self._title(runs), legend)
        if not view.layers:
            self.show([Text(" No step yet.", ".heat--quiet")])
            return
        lines = [Text(" " * (names + 3) + scale(Axis(0, steps), room), ".heat--quiet")]
        for run, row in zip(runs, maps, strict=True):
            name = view.layers[run[0]] + (glyphs.FOLD if len(run) > 1 else "")
            lines.append(Text(f" {name:>{names}}  ", ".heat--quiet").append_text(row))
            if 2 * len(runs) < height:
                lines.append(Text(" " * (names + 3)).append_text(row))
        self.show(lines)

    def _title(self, runs: Sequence[range]) -> str:
        view = self._view
        folded = len(runs[-1]) if runs else len(view.layers)
        parts = ["Over time", QUANTITIES[view.quantity].symbol + (f", the worst of {folded} layers" if folded > 1 else " by layer")]
        if view.profiles.lost.any():
            parts.append(f"[$grad-exploding]{glyphs.LOST} not finite[/]")
        return "  ".join(parts)

    def _legend(self, scaled: Axis) -> str:
        """What the glyphs stand for, in words."""
        view = self._view
        if not scaled.logarithmic:
            return f"{glyphs.HEAT} {exact(scaled.low)} to {exact(scaled.high)}"
        step = round((scaled.high - scaled.low) / len(glyphs.HEAT))
        low, high = (f"1e{power}" if power else "1" for power in (round(scaled.low + step / 2), round(scaled.high - step / 2)))
        compared = f"layer {view.layers[0] if view.quantity == 'activation_std' else view.layers[-2:][0]}"
        if view.quantity == "update_ratio":
            compared = f"the wanted {exact(WANTED_UPDATE)}"
        return f"{glyphs.HEAT} {low} to {high} of {compared}, {step} decade{'s' if step > 1 else ''} a glyph"
