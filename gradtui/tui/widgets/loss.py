"""The loss over steps: training and validation."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.binding import BindingType
from textual.reactive import reactive

from gradtui.core.measured.run import Run
from gradtui.core.text import grouped, setting
from gradtui.tui.key import bindings
from gradtui.tui.keys import REPLAY
from gradtui.tui.plot import glyphs
from gradtui.tui.plot.curve import Curve, spans_decades
from gradtui.tui.plot.lines import Losses, lines
from gradtui.tui.widgets.plot import Plot

SCALES = ("auto", "log", "linear")
"""How the axis of values is chosen: by the data, or by hand."""


def losses(run: Run, before: Run | None = None, moment: Run | None = None, named: str = "before the fix") -> Losses:
    """What a run's losses are now, beside those of another run, `named` so, with a mark at an earlier moment."""
    history = run.history
    changes = [(change.step, setting(change.key, change.value)) for change in run.changes] if moment is None else []
    if moment is not None:
        changes.append((moment.step, f"step {grouped(moment.step)}"))
    older = Curve.of(before.history.loss, before.history.mean_loss) if before else None
    steps = max(made.experiment.run.steps for made in (run, before) if made)
    return Losses(Curve.of(history.loss, history.mean_loss), Curve.of(history.validation_loss), steps, tuple(changes), older, named)


class Loss(Plot):
    """Training and validation loss. `scale` is one of `SCALES`."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(REPLAY)
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
        .loss--before { color: $quiet; }
        .loss--validation { color: $loss-validation; }
        .loss--band { color: $loss-band; }
        .loss--change { color: $quiet; }
        .loss--lost { color: $grad-exploding; }
        .loss--axis { color: $quiet; }
    }
    """

    scale: reactive[str] = reactive("auto", repaint=False)
    margin = 0
    """Columns at least left of the plot, for the names of what stands above it."""

    _losses: Losses | None = None

    def fill(self, losses: Losses) -> None:
        """Show these losses in place of the last ones."""
        if losses != self._losses:
            self._losses = losses
            if self.is_attached:
                self.draw()

    def turn(self) -> None:
        """The next way to choose the axis."""
        self.scale = SCALES[(SCALES.index(self.scale) + 1) % len(SCALES)]

    def watch_scale(self) -> None:
        self.draw()

    def draw(self) -> None:
        shown = self._losses
        if shown is None:
            return
        log = spans_decades(shown.curves) if self.scale == "auto" else self.scale == "log"
        scale = f"{'log' if log else 'linear'} scale{'' if self.scale == 'auto' else ', by hand'}"
        self.entitle(["Loss", *self._legend(shown)], [scale, "steps"])
        width, height = self.size
        if not len(shown.train) and not len(shown.validation):
            self.show([Text(" No step yet.", ".loss--axis")])
        elif width and height:
            self.show(lines(shown, log, width, height, self.margin))

    def _legend(self, shown: Losses) -> list[str]:
        words = [f"[$loss-train]{glyphs.LINE} train[/]", f"[$loss-validation]{glyphs.DASHES} validation[/]"]
        if lost := shown.train.lost + shown.validation.lost:
            words.append(f"[$grad-exploding]{glyphs.LOST} {lost} not finite[/]")
        if shown.before is not None:
            words.append(f"{glyphs.DOT}{glyphs.DOT} {shown.named}")
        return [*words, f"[$loss-band]{glyphs.BAND}[/] lowest to highest"]
