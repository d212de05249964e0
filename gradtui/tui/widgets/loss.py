"""The loss over steps: training and validation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual.reactive import reactive

from gradtui.core.measured.history import History
from gradtui.tui.plot import glyphs
from gradtui.tui.plot.curve import Curve
from gradtui.tui.plot.lines import lines
from gradtui.tui.widgets.cells import Cells


@dataclass(frozen=True)
class LossView:
    """What the plot shows: both curves, the values changed while training, as step and words, and the training loss of the run
    before a fix, None where there is none.
    """

    train: Curve
    validation: Curve
    changes: tuple[tuple[int, str], ...] = ()
    before: Curve | None = None

    @classmethod
    def of(cls, history: History, changes: Sequence[tuple[int, str]] = (), before: History | None = None) -> LossView:
        """A history's losses as they are now."""
        older = Curve.of(before.loss) if before is not None else None
        return cls(Curve.of(history.loss), Curve.of(history.validation_loss), tuple(changes), older)


class Loss(Cells, can_focus=True):
    """Training and validation loss. `logarithmic` chooses the axis."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "loss--train",
        "loss--before",
        "loss--validation",
        "loss--band",
        "loss--change",
        "loss--lost",
        "loss--axis",
    }
    DEFAULT_CSS = """
    Loss {
        .loss--train { color: $loss-train; }
        .loss--before { color: $foreground 70%; }
        .loss--validation { color: $loss-validation; }
        .loss--band { color: $loss-train 40%; }
        .loss--change { color: $foreground 60%; }
        .loss--lost { color: $grad-exploding; }
        .loss--axis { color: $foreground 60%; }
    }
    """

    logarithmic = reactive(False, repaint=False)

    _view = LossView.of(History())

    def fill(self, view: LossView) -> None:
        """Show these losses in place of the last ones."""
        if view != self._view:
            self._view = view
            if self.is_attached:
                self._draw()

    def watch_logarithmic(self) -> None:
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        train, validation = self._view.train, self._view.validation
        legend = [f"[$loss-train]{glyphs.LINE} train[/]", f"[$loss-validation]{glyphs.POINT} validation[/]"]
        if self._view.before is not None:
            legend.append(f"{glyphs.DOT}{glyphs.DOT} before the fix")
        if lost := train.lost + validation.lost:
            legend.append(f"[$grad-exploding]{glyphs.LOST} {lost} not finite[/]")
        self.head("Loss  " + "  ".join(legend), f"{'log' if self.logarithmic else 'linear'} scale   steps")
        width, height = self.size
        if not len(train) and not len(validation):
            self.show([Text(" No step yet.", ".loss--axis")])
        elif width and height:
            self.show(lines(train, validation, self._view.changes, self.logarithmic, width, height, self._view.before))
