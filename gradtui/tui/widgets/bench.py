"""The bench: where the Lab's panels stand, and how the room is shared among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.geometry import NULL_OFFSET, NULL_SPACING, Region, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

from gradtui.tui.plot.fold import equal_runs
from gradtui.tui.widgets.gradients import rows_for

TINY, NORMAL, WIDE, ROOMY = 60, 100, 160, 180
"""Columns of the terminal: the least; from which on forms stand beside the plots; several quantities beside each other; and forms
are wider.
"""
FLAT, TALL = 18, 32
"""Rows of the terminal: the least; from which on forms stand beside the plots."""
_FORMS, _WIDER_FORMS, _STRIP = 34, 40, 2
_LOSS = 10
"""Rows that the loss has at least, or a quarter of a tall room, or half of a low one."""
_NOTES, _BRIEF_NOTES = 6, 2
_HELP, _LEAST_HELP, _LEAST_NOTES = 7, 5, 9
"""Rows of the help under the forms, and the fewest that it and the notes are of use in there."""
_MAP, _FRAMED = 9, 3
"""The fewest rows of a heat map, unless fewer show all layers, and those of its border and labels."""

Regions = dict[str, Region]


@dataclass(frozen=True)
class Needs:
    """Rows that the forms fill, borders included; rows of bars, and layers."""

    forms: int = 0
    bars: int = 0
    layers: int = 0


def divided(size: Size, needs: Needs, small: bool, opened: bool) -> Regions:
    """Where each panel stands; those that are missing are not shown. On a `small` screen a strip stands for the forms, unless they
    are `opened` over the plots.
    """
    width, height = size
    if small:
        strip, body = Region(0, 0, width, _STRIP), Region(0, _STRIP, width, max(0, height - _STRIP))
        return {"strip": strip, **({"forms": body} if opened else _plots(body, needs, _BRIEF_NOTES + (body.height > 20), False))}
    left = _WIDER_FORMS if width >= ROOMY else _FORMS
    wide = width >= WIDE
    forms, body = _forms(Region(0, 0, left, height), needs, wide), Region(left, 0, width - left, height)
    return forms | _plots(body, needs, 0 if "notes" in forms else _NOTES, wide)


def _forms(room: Region, needs: Needs, wide: bool) -> Regions:
    """The forms and, in the rows that they leave, the help on a value; on a wide screen the notes too."""
    free = room.height - needs.forms
    notes = free if wide and free >= _LEAST_NOTES else 0
    told = min(_HELP, notes - _LEAST_NOTES) if notes else free
    if told < _LEAST_HELP:
        told = 0
    notes = notes - told if notes else 0
    rows = room.height - told - notes
    return _stacked(room, {"forms": rows, "help": told, "notes": notes})


def _plots(room: Region, needs: Needs, notes: int, wide: bool) -> Regions:
    """Bars over the heat map over the loss over the notes: the bars have what their layers need, the loss the rest."""
    height = room.height - notes
    shared = height - min(max(_LOSS, height // 4), height // 2)
    wanted = rows_for(needs.bars, room.width) if needs.bars else shared
    bars, over_time = min(wanted, shared), 0
    if wide and needs.layers:
        over_time = _map_rows(needs.layers, shared - bars if wanted <= shared else 2 * shared // 5)
        bars = min(wanted, shared - over_time)
    return _stacked(room, {"gradients": bars, "heatmap": over_time, "loss": height - bars - over_time, "notes": notes})


def _map_rows(layers: int, room: int) -> int:
    """Rows of a heat map: what its runs of layers fill, or none where they would be too few."""
    filled = len(equal_runs(layers, room - _FRAMED)) + _FRAMED
    return filled if filled >= min(_MAP, layers + _FRAMED) else 0


def _stacked(room: Region, rows: Mapping[str, int]) -> Regions:
    """Panels from the top down; those without rows are left out."""
    regions, y = {}, room.y
    for name, height in rows.items():
        if height > 0:
            regions[name] = Region(room.x, y, room.width, height)
            y += height
    return regions


class Bench(Widget):
    """Holds the Lab's panels by name and places them by what each needs. `opened` shows the forms on a small screen."""

    DEFAULT_CSS = "Bench { height: 1fr; }"

    opened = False
    regions: Regions

    def __init__(self, panels: Mapping[str, Widget]) -> None:
        super().__init__(id="bench")
        self._placing = _Placing()
        self.panels = dict(panels)
        self.regions = {}
        self._needs = Needs()

    def compose(self) -> ComposeResult:
        yield from self.panels.values()

    @property
    def layout(self) -> Layout:
        """How the panels are placed. Asked by Textual."""
        return self._placing

    @property
    def small(self) -> bool:
        """Whether there is no room for forms beside the plots."""
        width, height = self.app.size
        return width < NORMAL or height < TALL

    def fit(self, needs: Needs) -> None:
        """Share the room anew where something needs more or less of it."""
        if needs != self._needs:
            self._needs = needs
            self._place_anew()

    def open(self, opened: bool) -> None:
        """Show the forms in place of the plots, or the plots again; matters on a small screen only."""
        if opened != self.opened:
            self.opened = opened
            self._place_anew()

    def _place_anew(self) -> None:
        """Textual remembers where children of a size stand until one of them asks for a layout."""
        for panel in self.panels.values():
            panel.refresh(repaint=False, layout=True)

    def shows(self, name: str) -> bool:
        """Whether a panel has a place now."""
        return name in self.regions

    def place(self, size: Size) -> list[WidgetPlacement]:
        """Where the panels go in so much room. Asked by the layout."""
        self.regions = divided(size, self._needs, self.small, self.opened)
        return [WidgetPlacement(region, NULL_OFFSET, NULL_SPACING, self.panels[name]) for name, region in self.regions.items()]


class _Placing(Layout):
    """Asks the bench."""

    name = "placing"

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        """The placements of the bench's panels. Part of Textual's layout API."""
        assert isinstance(parent, Bench)
        return parent.place(size)
