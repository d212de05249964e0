"""The race: losses over steps and over rates, the entrants in a table, and the verdict in a sentence."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widgets import Static

from gradtui.core.experiments.experiment import Experiment
from gradtui.core.measured.result import JUDGES
from gradtui.core.text import grouped
from gradtui.runs.exporting import exported
from gradtui.runs.log import Unwritable
from gradtui.runs.studies import Kept
from gradtui.study.picture import over_rates, over_steps, racing_rates
from gradtui.study.report import told, verdict_of
from gradtui.study.verdict import standings
from gradtui.tui.key import bindings
from gradtui.tui.keys import GLOBAL, RACE
from gradtui.tui.plot.bands import Bands
from gradtui.tui.screens.dialog import Answering
from gradtui.tui.widgets.cells import Cells
from gradtui.tui.widgets.lines import KeyLine
from gradtui.tui.widgets.race import BandPlot, Table, left_in_words
from gradtui.tui.widgets.standing import ENTRANTS, POINTS, Row, entrants, points
from gradtui.worker.racing import Racing
from gradtui.worker.session import Session

_AROUND = 3
"""Rows of a table's border and head."""
_BROAD, _BAR = 100, 12
"""Columns from which there is room for a bar, and its own."""
_EVERY = 0.25
"""Seconds from one picture to the next, at the least."""


class RaceLine(Cells):
    """What races, and how far it is."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"line--name", "line--title", "line--quiet", "line--bar"}

    def fill(self, racing: Racing) -> None:
        """Show the study's state."""
        studying, study = racing.studying, racing.study
        state = "✗ stopped" if studying.problem else "✓ done" if studying.done else "● racing"
        done = 1.0 if studying.done and not studying.problem else studying.share
        words = left_in_words(None if studying.done else studying.left, done)
        tail = Text(f"{state:<9}", ".line--title")
        if self.size.width >= _BROAD:
            full = round(_BAR * done)
            tail.append("  ").append("━" * full, ".line--bar").append("─" * (_BAR - full), ".line--quiet")
            tail.append(f"  {grouped(len(studying.results)):>5} cells", ".line--quiet")
        tail.append(f"  {words:<22}", ".line--quiet")
        left = Text.assemble((" gradtui  ", ".line--name"))
        title = Text(f"Race, {study.mode}: {racing.title}", ".line--title")
        title.truncate(max(0, self.size.width - len(left) - len(tail) - 1), overflow="ellipsis", pad=True)
        self.show([Text.assemble(left, title, " ", tail)])


class RaceScreen(Answering[Experiment | None]):
    """Shows a race while it goes on, or what came of it. Returns an experiment to open in the Lab, or None."""

    CSS_PATH = "race.tcss"
    AUTO_FOCUS = "#table"
    BINDINGS: ClassVar[list[BindingType]] = bindings(RACE)

    def __init__(self, racing: Racing, kept: Kept, session: Session, take: Callable[[dict[str, object]], str], fps: float) -> None:
        """`take` changes the Lab's experiment, and says what came of it."""
        super().__init__()
        self._kept = kept
        self._racing, self._session, self._take, self._fps = racing, session, take, fps
        self._top, self._keys = RaceLine(), KeyLine()
        self._loss, self._rates = BandPlot(id="losses", classes="panel"), BandPlot(id="rates", classes="panel")
        self._table = Table(id="table", classes="panel")
        self._verdict = Static(id="verdict", markup=False)
        self._said, self._remark = "", ""
        self._every_point = False
        self._drawn: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        yield self._top
        with Horizontal(id="plots"):
            yield self._loss
            yield self._rates
        yield from (self._table, self._verdict, self._keys)

    def on_mount(self) -> None:
        self._rates.display = racing_rates(self._racing.study)
        self._fit()
        self.set_interval(max(_EVERY, 1 / self._fps), self.catch_up)

    def _fit(self) -> None:
        """Give the table room for its entrants, or for more points."""
        self._table.styles.height = "40%" if self._every_point else len(self._racing.study.entrants) + _AROUND
        self._table.styles.max_height = None if self._every_point else "40%"

    def on_resize(self) -> None:
        self.call_after_refresh(self._draw)

    def catch_up(self) -> None:
        """Paint what has changed."""
        studying = self._racing.studying
        if not self.is_current:
            return
        self._top.fill(self._racing)
        steps = sum(moments[-1][0] for moments in studying.live.values() if moments)
        state = (len(studying.results), steps, len(studying.training), self._every_point, studying.problem)
        if state != self._drawn:
            self._drawn = state
            self._draw()

    def _draw(self) -> None:
        racing = self._racing
        study, studying = racing.study, racing.studying
        title = JUDGES[study.by].title if not JUDGES[study.by].accuracy else "validation loss"
        last = float(study.experiment.run.steps)
        self._top.fill(racing)
        self._loss.fill(title.capitalize(), "steps", Bands(over_steps(study, studying.results, studying.live), last))
        if self._rates.display:
            self._rates.fill("By learning rate", "rate, log scale", Bands(over_rates(study, studying.results, studying.live), None))
        rows = points(racing) if self._every_point else entrants(racing)
        self._table.head("Points" if self._every_point else "Entrants", "paired by seed; seeds differ in split, weights, order")
        self._table.fill(POINTS if self._every_point else ENTRANTS, rows)
        self._say(self._remark or self._kept.problem or studying.problem or self._sentence())
        self._keys.fill(RACE, GLOBAL, self._session)

    def _sentence(self) -> str:
        study, results = self._racing.study, self._racing.studying.results
        if study.mode == "tuned" and not standings(study, results):
            return f"Rates are searched on two seeds first, then each best is measured on {study.seeds} others."
        return verdict_of(study, results)

    def _say(self, words: str) -> None:
        if words != self._said:
            self._said = words
            self._verdict.update(words)

    @property
    def _marked(self) -> Row | None:
        return self._table.marked

    def action_turn(self) -> None:
        """Show entrants or points."""
        self._every_point = not self._every_point
        self._fit()
        self.call_after_refresh(self._draw)

    def action_open(self) -> None:
        """Open the first cell of what is marked in the Lab."""
        if (row := self._marked) is not None and row.behind:
            self.dismiss(row.behind[0].experiment)

    def action_take(self) -> None:
        """Take the values of what is marked into the Lab's experiment."""
        if (row := self._marked) is not None and row.behind:
            wanted = self._session.experiment.differences(row.behind[0].experiment)
            changes = {key: value for key, (_, value) in wanted.items() if value is not None and key != "run.seed"}
            self._remark = self._take(changes)
            self._draw()

    def action_drop(self) -> None:
        """Train what is marked no further."""
        row, studying = self._marked, self._racing.studying
        training = [cell.name for cell in row.behind if cell.name in studying.training] if row else []
        if training:
            studying.drop(training)
        self._remark = f"{len(training)} cells are dropped." if training else "Nothing of it is being trained now."
        self._draw()

    def action_export(self) -> None:
        """Write table, plan and pictures into a new folder within the study's."""
        study, studying = self._racing.study, self._racing.studying
        folder = next(path for at in count(1) if not (path := self._kept.path / f"export-{at}").exists())
        try:
            written = exported(study, studying.results, told(study, studying.results, studying.seconds), folder)
            self._remark = f"Written to {folder}: {', '.join(path.name for path in written)}."
        except Unwritable as error:
            self._remark = str(error)
        self._draw()

    def action_end(self) -> None:
        """End the race."""
        self._racing.studying.end()
        self._remark = "The race is ended; what is done stays."
        self._draw()

    def action_back(self) -> None:
        """Back to the Lab."""
        self.dismiss(None)

    def on_key(self) -> None:
        """A remark goes with the next key."""
        self._remark = ""
