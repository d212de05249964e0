"""The Lab's panels, and what each shows of a session."""

from __future__ import annotations

from dataclasses import replace

from textual.widget import Widget

from gradtui.catalog.networks import FAMILIES
from gradtui.core.experiments.layers import layer_names
from gradtui.core.measured.drawn import drawn
from gradtui.core.measured.finding import in_force
from gradtui.core.measured.frame import DRAWN, OVER_TIME, QUANTITIES
from gradtui.core.measured.run import Run
from gradtui.tui.plot.by_layer import ByLayer
from gradtui.tui.widgets.bench import Bench, Needs
from gradtui.tui.widgets.explained import ValueHelp
from gradtui.tui.widgets.form import Form
from gradtui.tui.widgets.forms import Forms
from gradtui.tui.widgets.gradients import BESIDE, Gradients
from gradtui.tui.widgets.heatmap import HeatMap, HeatMapView
from gradtui.tui.widgets.loss import Loss, losses
from gradtui.tui.widgets.notes import Notes
from gradtui.tui.widgets.strip import ValueStrip
from gradtui.worker.phase import Phase
from gradtui.worker.session import Session

_BY_LAYER = "activation_gradient"


class Panels(Bench):
    """Strip, forms, help, bars, heat map, loss and notes."""

    def __init__(self) -> None:
        self.strip, self.forms, self._help = ValueStrip(id="strip"), Forms(id="forms"), ValueHelp(id="help", classes="panel")
        self._gradients, self._over_time = Gradients(id="gradients", classes="panel"), HeatMap(id="heatmap", classes="panel")
        self.loss, self._notes = Loss(id="loss", classes="panel"), Notes(id="notes", classes="panel")
        plots = {"gradients": self._gradients, "heatmap": self._over_time, "loss": self.loss}
        self.by_name: dict[str, Widget] = {**self.forms.forms, **plots, "notes": self._notes}
        super().__init__({"strip": self.strip, "forms": self.forms, "help": self._help, **plots, "notes": self._notes})
        self._quantity = ""

    def draw(self, session: Session, remark: str) -> None:
        """Paint what the session says; widgets send only the cells that changed."""
        run, before, named = _shown(session), session.beside, "pinned" if session.before is None else "before the fix"
        old = session.run.started is not None and session.experiment != session.run.experiment
        chosen = self.chosen(run)
        beside = [name for name in list(QUANTITIES)[:BESIDE] if name != chosen][: BESIDE - 1] if chosen in QUANTITIES else []
        views = [ByLayer.of(name, run).beside(before, named) for name in (chosen, *beside)]
        layers = run.layers or layer_names(run.experiment.network)
        self.fit(Needs(forms=self.forms.rows, bars=len(views[0].layers), layers=len(layers)))
        for plot in (self._gradients, self._over_time, self.loss):
            plot.age(old)
        self._gradients.fill(views, run.experiment.run.batch_size)
        map_shown = self.shows("heatmap") or self._over_time.is_maximized
        if map_shown:
            self._over_time.fill(HeatMapView.of(chosen if chosen in QUANTITIES else _BY_LAYER, run, session.run.step))
        self.loss.margin = self._over_time.margin if map_shown else 0
        self.loss.fill(losses(session.run, before, session.moment, named))
        self._notes.fill(session, remark)

    def show_experiment(self, session: Session) -> None:
        """Paint the experiment wherever its values stand."""
        self.forms.fill(session.experiment, session.run.experiment if session.stale else None)
        self.strip.fill(session.experiment)

    def on_form_pointed(self, message: Form.Pointed) -> None:
        self._help.fill(message.field)

    def turn(self, session: Session, by: int) -> str:
        """Draw another quantity, of those that there are; what it is."""
        run = _shown(session)
        names = drawn(run.experiment)
        self._quantity = names[(names.index(self.chosen(run)) + by) % len(names)]
        return DRAWN[self._quantity].help

    def chosen(self, run: Run) -> str:
        """What is drawn: the quantity chosen, or what the worst finding of a recurrent network is about, or the gradient."""
        if self._quantity in drawn(run.experiment):
            return self._quantity
        found = next((one for one in in_force(run.findings) if one.layers), None)
        recurs = FAMILIES[run.experiment.network.family].gates > 0
        return OVER_TIME.name if recurs and (found is None or found.place == "time step") else _BY_LAYER


def _shown(session: Session) -> Run:
    """The run that is drawn; before there is one, the experiment in the forms."""
    waits = session.phase is Phase.READY and session.run.started is None
    return replace(session.run, experiment=session.experiment) if waits else session.shown
