"""The bars: a number for every layer, or for every time step of a recurrent network, what it means, and what theory expected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text

from gradtui.core.measured.frame import DRAWN
from gradtui.core.measured.verdict import verdicts
from gradtui.tui.plot.axis import Axis, settled
from gradtui.tui.plot.block import NARROW, QUIET, block
from gradtui.tui.plot.by_layer import ByLayer
from gradtui.tui.plot.fold import fold, lately_worst, names_width, row_names
from gradtui.tui.widgets.plot import Plot

BESIDE = 4
"""Quantities that stand side by side where there is room for so many."""
_FRAME = 2
"""Rows of the border."""


def rows_for(layers: int, width: int) -> int:
    """Rows that so many layers need in a panel of this width, its border and its labels included."""
    return layers + 1 + (_beside(width - 2, 3) > 1) + _FRAME


def _beside(width: int, names: int) -> int:
    """How many quantities stand side by side: all of them or one, so that what is shown does not depend on a column more."""
    return BESIDE if (width - names - 3) // BESIDE > NARROW else 1


class Gradients(Plot):
    """One bar a layer, the output layer on top, or one a time step, the last one on top; those for which there is no room are
    folded, the worst ones never. In a wide panel other quantities of the same layers stand beside the chosen one.
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
        .grad--none { color: $quiet; }
        .grad--number { color: $foreground; }
        .grad--quiet { color: $quiet; }
        .grad--mark { color: $foreground; }
    }
    """

    _views: tuple[ByLayer, ...] = ()
    _batch = 0
    _axes: dict[str, Axis]
    _worst: tuple[int, ...] = ()

    def fill(self, views: Sequence[ByLayer], batch: int = 0) -> None:
        """Show these quantities, the chosen one first, in place of the last ones; `batch` counts samples, 0 for the whole set."""
        if (tuple(views), batch) == (self._views, self._batch):
            return
        chosen, last = views[0], self._views[0] if self._views else None
        if last is None or (chosen.quantity, chosen.layers) != (last.quantity, last.layers) or chosen.values is None:
            self._axes, self._worst = {}, ()
        self._views, self._batch = tuple(views), batch
        if self.is_attached:
            self.draw()

    def draw(self) -> None:
        if not self._views:
            return
        chosen = self._views[0]
        width, height = self.size
        names = max(3, names_width(chosen.layers, height - 2))
        shown = self._views[: _beside(width, names)]
        title = f"by {DRAWN[chosen.quantity].place}" + (f" at step {chosen.step}, the last with numbers" if chosen.step else "")
        self.entitle([f"{chosen.heading} {title}" if len(shown) == 1 else title.capitalize()], chosen.legend(self._batch))
        self.show(self._lines(shown, names) if chosen.layers else [Text(" No step yet.", QUIET)])

    def _lines(self, shown: Sequence[ByLayer], names: int) -> list[Text]:
        chosen = shown[0]
        width, height = self.size
        heads = int(len(shown) > 1)
        judged = verdicts(chosen.quantity, chosen.values or (None,) * len(chosen.layers))
        self._worst = lately_worst(self._worst, [verdict.badness for verdict in judged])
        broken = [chosen.layers.index(chosen.broke)] if chosen.broke in chosen.layers else []
        ranges = fold(len(chosen.layers), height - 1 - heads, tuple(dict.fromkeys((*broken, *self._worst))))[::-1]
        each = max(1, (width - names - 3) // len(shown) - 1)
        blocks = []
        for view in shown:
            axis = self._axes[view.quantity] = settled(self._axes.get(view.quantity), view.needed)
            heading = [Text(f"{view.heading:<{each}.{each}}", ".grad--number")] * heads
            blocks.append([*heading, *block(view, ranges, axis, each)])
        left = ["", "", *row_names(chosen.layers, ranges)][1 - heads :]
        return [
            Text(f" {name:>{names}}  ", QUIET, end="").append_text(Text(" ").join(row))
            for name, row in zip(left, map(list, zip(*blocks, strict=True)), strict=True)
        ]
