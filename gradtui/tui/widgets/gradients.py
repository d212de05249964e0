"""The bars: a number for every layer, or for every time step of a recurrent network, what it means, and what theory expected."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from rich.text import Text

from gradtui.core.measured.frame import DRAWN, OVER_TIME, SHARES
from gradtui.core.measured.history import History
from gradtui.core.measured.protocol import Started
from gradtui.core.measured.verdict import Verdict, verdicts
from gradtui.core.text import number
from gradtui.core.theory.over_time import shown_steps
from gradtui.tui.plot import glyphs
from gradtui.tui.plot.axis import Axis, decades, linear, settled
from gradtui.tui.plot.bars import Bar, bars, scale
from gradtui.tui.plot.canvas import text
from gradtui.tui.plot.fold import fold, lately_worst
from gradtui.tui.widgets.cells import Cells

_PREDICTED = ("activation_gradient", "activation_gradient_rms")
_NUMBER, _WORD = 9, 8
_ROOM_FOR_NUMBERS, _ROOM_FOR_WORDS = 30, 48


@dataclass(frozen=True)
class GradientsView:
    """What the bars show: one quantity, the layers from the input side to the output or the shown time steps from the first on,
    their values (None as a whole before the first measurement), where theory expected them at the start and where the run before
    a fix had them (empty for nowhere), and samples in a batch.
    """

    quantity: str
    layers: tuple[str, ...] = ()
    values: tuple[float | None, ...] | None = None
    predicted: tuple[float | None, ...] = ()
    batch: int | None = None
    before: tuple[float | None, ...] = ()

    def beside(self, started: Started | None, history: History) -> GradientsView:
        """With the newest values of another run, where it has the same layers or time steps."""
        other = GradientsView.of(self.quantity, started, history)
        return replace(self, before=other.values or ()) if other.layers == self.layers else self

    @classmethod
    def of(cls, quantity: str, started: Started | None, history: History, batch: int | None = None) -> GradientsView:
        """The newest values of a run's first lane. Theory gives ratios to the last hidden layer; what that layer measured at the
        first step makes norms of them.
        """
        if started is None:
            return cls(quantity, batch=batch)
        if quantity == OVER_TIME.name:
            return cls._over_time(started, history, batch)
        last, first = history.last, history.first
        values = last.layers.get(quantity) if last else None
        if values is not None and all(value is None for value in values):
            values = None
        predicted: tuple[float | None, ...] = ()
        level = first.layers.get(quantity, (None, None))[-2] if first else None
        if quantity in _PREDICTED and started.predicted and level is not None and math.isfinite(level):
            predicted = tuple(None if ratio is None else ratio * level for ratio in started.predicted[0])
        return cls(quantity, started.layers, values, predicted, batch)

    @classmethod
    def _over_time(cls, started: Started, history: History, batch: int | None) -> GradientsView:
        """The newest gradients by time step. Theory gives ratios to the last one."""
        times = tuple(str(at + 1) for at in shown_steps(started.time_steps))
        values = history.last.gradient_over_time if history.last else ()
        level = history.first.gradient_over_time[-1] if values and history.first else math.nan
        ratios = started.predicted_over_time[0] if math.isfinite(level) else ()
        predicted = tuple(None if ratio is None else ratio * level for ratio in ratios)
        return cls(OVER_TIME.name, times, values or None, predicted if any(ratios) else (), batch)


class Gradients(Cells, can_focus=True):
    """One bar a layer, the output layer on top, or one a time step, the last one on top; those for which there is no room are
    folded, the worst ones never.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "grad--vanishing",
        "grad--healthy",
        "grad--exploding",
        "grad--none",
        "grad--number",
        "grad--quiet",
        "grad--mark",
    }
    DEFAULT_CSS = """
    Gradients {
        .grad--vanishing { color: $grad-vanishing; }
        .grad--healthy { color: $grad-healthy; }
        .grad--exploding { color: $grad-exploding; }
        .grad--none { color: $foreground 70%; }
        .grad--number { color: $foreground; }
        .grad--quiet { color: $foreground 60%; }
        .grad--mark { color: $foreground; }
    }
    """

    _view = GradientsView("activation_gradient")
    _axis: Axis | None = None
    _worst: tuple[int, ...] = ()

    def fill(self, view: GradientsView) -> None:
        """Show these values in place of the last ones."""
        if view != self._view:
            if (view.quantity, view.layers) != (self._view.quantity, self._view.layers) or view.values is None:
                self._axis, self._worst = None, ()
            self._view = view
            if self.is_attached:
                self._draw()

    def on_mount(self) -> None:
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        view = self._view
        quantity = DRAWN[view.quantity]
        theory = f"{glyphs.THEORY} theory at the start" if view.predicted else ""
        scale = "log scale" if quantity.logarithmic else "linear scale"
        samples = "validation set" if view.quantity == "dead" else f"batch of {view.batch}" if view.batch else ""
        before = f"{glyphs.BEFORE} before the fix" if view.before else ""
        below = "   ".join(part for part in (before, theory, scale, samples) if part)
        self.head(f"{quantity.title}  {quantity.symbol} by {quantity.place}", below)
        self.show(self._lines())

    def _lines(self) -> list[Text]:
        view = self._view
        width, height = self.size
        if not view.layers:
            return [Text(" No step yet.", ".grad--quiet")]
        values = view.values or (None,) * len(view.layers)
        judged = verdicts(view.quantity, values)
        self._worst = lately_worst(self._worst, [verdict.badness for verdict in judged])
        self._axis = settled(self._axis, _needed(view.quantity, [*values, *view.predicted, *view.before]))
        ranges = fold(len(view.layers), height - 1, self._worst)[::-1]
        names = max(3, *(len(name) for name in view.layers))
        after = (_NUMBER + 1 if width >= _ROOM_FOR_NUMBERS else 0) + (_WORD + 3 if width >= _ROOM_FOR_WORDS else 0)
        room = max(1, width - names - 3 - after)
        drawn = bars([self._bar(run, values, judged) for run in ranges], self._axis, room)
        lines = [Text(" " * (names + 3) + scale(self._axis, room), ".grad--quiet")]
        for run, row in zip(ranges, drawn, strict=True):
            name, bar = (view.layers[run[0]], text(row)) if len(run) == 1 else self._folded(run, values, room)
            line = Text(f" {name:>{names}}  ", end="").append_text(bar)
            line.stylize_before(".grad--quiet", 0, names + 3)
            lines.append(line.append_text(self._columns(run, values, judged, width)))
            if 2 * len(ranges) < height:
                lines.append(Text())
        return lines

    def _bar(self, run: range, values: Sequence[float | None], judged: Sequence[Verdict]) -> Bar:
        if len(run) > 1:
            return Bar(None, "")
        expected, before = (marked[run[0]] if marked else None for marked in (self._view.predicted, self._view.before))
        return Bar(values[run[0]], f".grad--{judged[run[0]].meaning.value}", expected, ".grad--mark", before)

    def _columns(self, run: range, values: Sequence[float | None], judged: Sequence[Verdict], width: int) -> Text:
        """The number and the word to the right of a bar; of a folded run its worst word."""
        worst = max((judged[at] for at in run), key=lambda verdict: verdict.badness)
        line = Text()
        if width >= _ROOM_FOR_NUMBERS:
            shown = "" if len(run) > 1 else glyphs.WAITING if self._view.values is None else number(values[run[0]])
            style = ".grad--exploding" if worst.badness == math.inf and worst.meaning.value == "exploding" else ".grad--number"
            line.append(f" {shown:>{_NUMBER}}", style)
        if width >= _ROOM_FOR_WORDS:
            line.append(f"  {worst.word:<{_WORD}} ", f".grad--{worst.meaning.value}")
        return line

    def _folded(self, run: range, values: Sequence[float | None], room: int) -> tuple[str, Text]:
        """The name and the words in place of a bar for a run of layers in one row."""
        measured = [value for at in run if (value := values[at]) is not None]
        finite = [value for value in measured if math.isfinite(value)]
        words = [f"{len(run)} more"]
        if finite:
            words.append(f"{number(min(finite))} to {number(max(finite))}")
        if len(finite) < len(measured):
            words.append(f"{len(measured) - len(finite)} not finite")
        return glyphs.FOLD, Text(f"{', '.join(words):<{room}.{room}}", ".grad--quiet")


def _needed(quantity: str, values: Sequence[float | None]) -> Axis:
    """The range that shows these values: shares from 0 to 1, other linear ones with zero, logarithmic ones in whole decades."""
    finite = [value for value in values if value is not None and math.isfinite(value)]
    if quantity in SHARES:
        return Axis(0, 1)
    if not DRAWN[quantity].logarithmic:
        return linear(min([0.0, *finite]), max([0.0, *finite]))
    positive = [value for value in finite if value > 0]
    if not positive:
        return Axis(-3, 0, logarithmic=True)
    low, high = min(positive) / 2, max(positive)
    return decades(low, high, 1 if high < 1e4 * low else 3)
