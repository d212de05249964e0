"""The Lab: forms on the left, gradients and loss on the right, and the run in between."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.events import Resize
from textual.screen import Screen
from textual.widgets import Static

from gradtui.catalog.networks import FAMILIES
from gradtui.core.measured.finding import Fix
from gradtui.core.measured.frame import DRAWN, OVER_TIME, QUANTITIES
from gradtui.core.presets.preset import Preset
from gradtui.core.text import setting
from gradtui.tui.keys import BACK, FORM, GLOBAL, LAB, STRIP, bindings
from gradtui.tui.screens.fixing import Fixing
from gradtui.tui.terminal.launch import Surroundings
from gradtui.tui.widgets.form import Form
from gradtui.tui.widgets.forms import FORMS, Forms
from gradtui.tui.widgets.gradients import Gradients, GradientsView
from gradtui.tui.widgets.heatmap import HeatMap, HeatMapView
from gradtui.tui.widgets.lines import KeyLine, StatusLine, TopLine
from gradtui.tui.widgets.loss import Loss, LossView
from gradtui.tui.widgets.notes import Notes
from gradtui.tui.widgets.strip import ValueStrip
from gradtui.worker.mailbox import Mailbox
from gradtui.worker.session import Session


class LabScreen(Screen[None]):
    """Draws the session at the screen's rate and turns keys into its commands."""

    CSS_PATH = "lab.tcss"
    AUTO_FOCUS = "#network"
    BINDINGS: ClassVar[list[BindingType]] = bindings((*LAB, BACK))
    ALLOW_IN_MAXIMIZED_VIEW = "TopLine, StatusLine, KeyLine"
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-compact"), (100, "-normal"), (160, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (18, "-short"), (32, "-tall")]  # noqa: RUF012

    def __init__(self, session: Session, mailbox: Mailbox, surroundings: Surroundings, watched: Callable[[], bool]) -> None:
        """`watched` says whether a picture would be seen now."""
        super().__init__()
        self._watched = watched
        self.session = session
        self._mailbox = mailbox
        self._surroundings = surroundings
        self._quantity = "activation_gradient"
        self._remark = ""
        self._behind = False

        self._top, self._strip, self._status, self._keys = TopLine(), ValueStrip(id="strip"), StatusLine(), KeyLine()
        self._forms = Forms(id="forms")
        self._over_time = HeatMap(id="heatmap", classes="panel")
        self._gradients = Gradients(id="gradients", classes="panel")
        self._loss = Loss(id="loss", classes="panel")
        self._notes = Notes(id="notes", classes="panel")
        self._panels = {**self._forms.forms, "heatmap": self._over_time, "gradients": self._gradients, "loss": self._loss}
        self._small = Static(id="small")

    def compose(self) -> ComposeResult:
        yield self._top
        yield self._strip
        with Horizontal(id="body"):
            yield self._forms
            with Vertical(id="plots"):
                yield from (self._over_time, self._gradients, self._loss, self._notes)
        yield from (self._status, self._keys, self._small)

    def on_mount(self) -> None:
        self._fixing = Fixing(self.app, self.session, self.say, self.show_experiment)
        self.show_experiment()
        self.set_interval(1 / self._surroundings.fps, self.catch_up)
        self.call_after_refresh(self.session.connect)

    def on_resize(self, event: Resize) -> None:
        self._small.update(f"gradtui needs 60x18; this terminal has {event.size.width}x{event.size.height}.")
        self.call_after_refresh(self._settle)

    def _settle(self) -> None:
        """After a change of size: the focus goes to something that is shown, and everything is painted."""
        strip = self._strip
        if self.maximized is not None and not self.maximized.display:
            self.minimize()
        if not strip.display:
            self.remove_class("-forms")
            if self.focused in (None, strip):
                self.set_focus(self._forms.forms["network"])
        elif not self.has_class("-forms") and (self.focused is None or isinstance(self.focused, Form)):
            self.set_focus(strip)
        self._draw()

    def catch_up(self) -> None:
        """Take in what the backend reported, and paint it where that is seen."""
        letters = self._mailbox.drain()
        for letter in letters:
            self.session.receive(letter)
        self._behind = self._behind or bool(letters)
        if self._behind and self._watched():
            self._behind = False
            self._draw()

    def on_screen_resume(self) -> None:
        self._draw()

    def _draw(self) -> None:
        """Paint what the session says; widgets send only the cells that changed."""
        session = self.session
        self._top.fill(session)
        self._status.fill(session)
        self._notes.fill(session, self._remark)
        self._draw_keys()
        batch = session.run.experiment.run.batch_size or None
        shown, before = GradientsView.of(self._drawn, session.run.started, session.run.history, batch), session.before
        self._gradients.fill(shown.beside(before.started, before.history) if before else shown)
        if self._over_time.display:
            by_layer = self._drawn if self._drawn in QUANTITIES else "activation_gradient"
            self._over_time.fill(HeatMapView.of(by_layer, session.run.started, session.run.history))
        changes = [(change.step, setting(change.key, change.value)) for change in session.run.changes]
        self._loss.fill(LossView.of(session.run.history, changes, before.history if before else None))

    def _draw_keys(self) -> None:
        form = FORM if isinstance(self.focused, Form) else (STRIP,) if isinstance(self.focused, ValueStrip) else ()
        back = (BACK,) if self.maximized is not None or self.has_class("-forms") else ()
        self._keys.fill((*back, *LAB, *form), GLOBAL, self.session)

    def watch_maximized(self) -> None:
        self._draw_keys()

    def show_experiment(self) -> None:
        """Paint the experiment wherever its values stand."""
        self._forms.fill(self.session.experiment, self.session.run.experiment if self.session.stale else None)
        self._strip.fill(self.session.experiment)
        self._draw()

    def on_descendant_focus(self) -> None:
        self._draw_keys()

    def open(self, preset: Preset) -> None:
        """Take another preset into the Lab."""
        self.session.load(preset)
        self._remark = ""
        self.show_experiment()

    def on_forms_changed(self, message: Forms.Changed) -> None:
        self._remark = ""
        self.session.change(message.changes)
        self.show_experiment()

    def on_form_edit(self, message: Form.Edit) -> None:
        from gradtui.tui.screens.editor import editor

        field = message.field

        def take(value: Any) -> None:
            if value is not None:
                self._forms.want(field.key, value)

        self.app.push_screen(editor(field, self._forms.objection, message.line, self.screen_layout_refresh_signal), take)

    def on_forms_ended(self, message: Forms.Ended) -> None:
        self.say(message.words)

    def say(self, remark: str) -> None:
        """Show a remark until the next one, or until something else is done."""
        self._remark = remark
        self._draw()

    def offer(self, fixes: tuple[Fix, ...]) -> None:
        """Try one of these fixes."""
        self._fixing.offer(fixes)

    def action_fix(self) -> None:
        """Try what would mend the worst finding."""
        self.offer(self.session.fixes)

    def action_keep(self) -> None:
        """Stay with the fixed run."""
        self._fixing.keep()

    def action_discard(self) -> None:
        """Show the run before the fix."""
        self._fixing.discard()

    def action_train(self) -> None:
        """Run, pause or go on."""
        self._remark = ""
        self.session.toggle()
        self.show_experiment()

    def action_step(self, steps: int) -> None:
        """Train a few steps and wait."""
        self.session.advance(steps)
        self.show_experiment()

    def action_rewind(self) -> None:
        """Go back to step 0."""
        self.session.rewind()
        self.show_experiment()

    def action_undo(self) -> None:
        """Take back the last change."""
        self._remark = "Took back the last change." if self.session.undo() else "Nothing to take back."
        self.show_experiment()

    def action_quantity(self, by: int) -> None:
        """Draw another quantity by layer, or by time step where the network recurs."""
        names = list(DRAWN if self._recurs else QUANTITIES)
        self._quantity = names[(names.index(self._drawn) + by) % len(names)]
        self.say(DRAWN[self._quantity].help)

    @property
    def _recurs(self) -> bool:
        return FAMILIES[self.session.run.experiment.network.family].gates > 0

    @property
    def _drawn(self) -> str:
        """The quantity that is drawn: the chosen one, or the gradient by layer where there is nothing over time."""
        return self._quantity if self._recurs or self._quantity != OVER_TIME.name else "activation_gradient"

    def action_logarithmic(self) -> None:
        """Switch the loss between log and linear."""
        loss = self._loss
        loss.logarithmic = not loss.logarithmic
        self._draw()

    def action_jump(self, panel: str) -> None:
        """Move the focus to a panel."""
        self.set_class(panel in FORMS and self._strip.display, "-forms")
        if (found := self._panels[panel]).display:
            self.set_focus(found)
        else:
            self.say("The heat map over time needs a terminal of 160x32.")

    def action_side(self, side: str) -> None:
        """Move the focus between form and plots."""
        self.action_jump("network" if side == "form" else "gradients")

    def action_zoom(self) -> None:
        """Give the panel in focus the room of all, or take it back."""
        if self.maximized is None:
            self.action_maximize()
        else:
            self.minimize()

    def action_back(self) -> None:
        """Close what is open over the Lab."""
        if self.maximized is not None:
            self.minimize()
        elif self.has_class("-forms"):
            self.remove_class("-forms")
            self.set_focus(self._strip)
