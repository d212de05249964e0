"""The Lab: forms on the left, gradients and loss on the right, and the run in between."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import Resize
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from gradtui.core.experiments.experiment import Experiment
from gradtui.tui.key import bindings, overlaid
from gradtui.tui.keys import BACK, FORM, GLOBAL, LAB, NOTES, REPLAY, STRIP
from gradtui.tui.screens.replaying import Replaying
from gradtui.tui.screens.steering import Steering
from gradtui.tui.terminal.launch import Surroundings
from gradtui.tui.widgets.bench import FLAT, NORMAL, TALL, TINY
from gradtui.tui.widgets.explained import Field
from gradtui.tui.widgets.form import Form
from gradtui.tui.widgets.forms import FORMS, Forms
from gradtui.tui.widgets.heatmap import HeatMap
from gradtui.tui.widgets.lines import KeyLine, StatusLine, TopLine
from gradtui.tui.widgets.loss import Loss
from gradtui.tui.widgets.notes import Notes, Remark
from gradtui.tui.widgets.panels import Panels
from gradtui.tui.widgets.strip import ValueStrip
from gradtui.worker.mailbox import Mailbox
from gradtui.worker.session import Session

_KEYS = {Form: FORM, ValueStrip: (STRIP,), Notes: NOTES, Loss: REPLAY, HeatMap: REPLAY}


class LabScreen(Screen[None]):
    """Draws the session at the screen's rate and turns keys into its commands."""

    CSS_PATH = "lab.tcss"
    AUTO_FOCUS = "#network"
    BINDINGS: ClassVar[list[BindingType]] = bindings((*LAB, BACK))
    ALLOW_IN_MAXIMIZED_VIEW = "TopLine, StatusLine, KeyLine"
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (TINY, "-compact"), (NORMAL, "-normal")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (FLAT, "-short"), (TALL, "-tall")]  # noqa: RUF012

    def __init__(self, session: Session, mailbox: Mailbox, surroundings: Surroundings, watched: Callable[[], bool]) -> None:
        """`watched` says whether a picture would be seen now."""
        super().__init__()
        self._watched = watched
        self.session = session
        self._mailbox = mailbox
        self._surroundings = surroundings
        self._remark = Remark()
        self._behind = False

        self._top, self._panels, self._status, self._keys = TopLine(), Panels(), StatusLine(), KeyLine()
        self._small = Static(id="small")

    def compose(self) -> ComposeResult:
        yield from (self._top, self._panels, self._status, self._keys, self._small)

    def on_mount(self) -> None:
        self.steering = Steering(self.app, self.session, self.say, self.show_experiment)
        self._replaying = Replaying(self.session, self.say)
        self.show_experiment()
        self.set_interval(1 / self._surroundings.fps, self.catch_up)
        self.call_after_refresh(self.session.course.line.connect)

    @property
    def focus_chain(self) -> list[Widget]:
        """What Tab goes through: what can be seen."""
        return [widget for widget in super().focus_chain if widget.region]

    def on_resize(self, event: Resize) -> None:
        self._small.update(f"gradtui needs {TINY}x{FLAT}; this terminal has {event.size.width}x{event.size.height}.")
        self.call_after_refresh(self._settle)

    def _settle(self) -> None:
        """After a change of size: the focus goes to something that is shown, and everything is painted."""
        panels = self._panels
        if not panels.small:
            panels.open(False)
        if self.maximized is None and (self.focused is None or not self.focused.region):
            self.set_focus(panels.strip if panels.small else panels.by_name["network"])
        self._draw()

    def catch_up(self) -> None:
        """Take in what the backend reported, and paint it where that is seen."""
        if self._remark.over:
            self.forget()
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
        self._panels.draw(session, self._remark.words)
        self._draw_keys()

    def _draw_keys(self) -> None:
        here = next((keys for kind, keys in _KEYS.items() if isinstance(self.focused, kind)), ())
        back = (BACK,) if self.maximized is not None or self._panels.opened else ()
        self._keys.fill([*back, *overlaid(LAB, here)], GLOBAL, self.session)

    def watch_maximized(self) -> None:
        self.call_after_refresh(self._settle)

    def show_experiment(self) -> None:
        """Paint the experiment wherever its values stand."""
        self._panels.show_experiment(self.session)
        self._draw()

    def on_descendant_focus(self) -> None:
        self._draw_keys()

    def on_forms_changed(self, message: Forms.Changed) -> None:
        self.session.change(message.changes)
        self.show_experiment()

    def on_form_edit(self, message: Form.Edit) -> None:
        from gradtui.tui.screens.editor import editor

        field = message.field

        def take(value: Any) -> None:
            if value is not None:
                self._panels.forms.want(field.key, value)

        where = message.line, self.screen_layout_refresh_signal
        self.app.push_screen(editor(field, self._panels.forms.objection, *where), take)

    def on_forms_ended(self, message: Forms.Ended) -> None:
        self.say(message.words)

    def say(self, remark: str, holds: Callable[[], bool] = lambda: True) -> None:
        """Answer the last key in words, until the next key, for some seconds, and while what they say `holds`."""
        self._remark = Remark(remark, holds)
        self._draw()

    def forget(self) -> None:
        """Take the remark away."""
        if self._remark.words:
            self.say("")

    @property
    def field(self) -> Field | None:
        """The value that the cursor is on, where it is in a form."""
        return self.focused.pointed if isinstance(self.focused, Form) else None

    def open(self, experiment: Experiment) -> None:
        """Take an experiment in, ready to run."""
        self.steering.open(self.session.preset.with_experiment(experiment))

    def action_replay(self, verb: str, *values: int) -> None:
        """Show another moment of the run."""
        getattr(self._replaying, verb)(*values)

    def action_steer(self, verb: str, *values: int) -> None:
        """Do something with the run, as it is now."""
        self.session.moment = None
        getattr(self.steering, verb)(*values)

    def action_rate(self, direction: int, far: bool = False) -> None:
        """Lower or raise the learning rate, wherever the focus is."""
        self._panels.forms.nudge_rate(direction, far)

    def action_quantity(self, by: int) -> None:
        """Draw another quantity by layer, or by time step where the network recurs."""
        self.say(self._panels.turn(self.session, by))

    def action_scale(self) -> None:
        """Choose the loss's axis another way."""
        self._panels.loss.turn()

    def action_jump(self, panel: str) -> None:
        """Move the focus to a panel; one that has no place beside the others gets the room of all."""
        zoomed, found = self.maximized is not None, self._panels.by_name[panel]
        self._panels.open(panel in FORMS and self._panels.small)
        self.set_focus(found)
        if zoomed or not (panel in FORMS or self._panels.shows(panel)):
            self.maximize(found)

    def point(self, key: str, edit: bool = False) -> None:
        """Put the cursor on a value, by its dotted key, and perhaps `edit` it, for which alone forms open that cover the plots."""
        found = next(((name, field) for name, form in self._panels.forms.forms.items() if (field := form.field(key))), None)
        if found is not None:
            name, field = found
            if edit or not self._panels.small:
                self.action_jump(name)
            self._panels.forms.forms[name].point(key)
            if edit and field.parameter.type is not bool:
                self._panels.forms.forms[name].action_edit()

    def want(self, key: str, value: Any) -> None:
        """Give a value another one, or tell what speaks against it."""
        self._panels.forms.want(key, value)

    def action_side(self, side: str) -> None:
        """Move the focus between form and plots."""
        self.action_jump("network" if side == "form" else "gradients")

    @property
    def panel(self) -> Widget | None:
        """The panel in focus."""
        return next((one for one in self._panels.by_name.values() if self.focused is one), None)

    def action_zoom(self) -> None:
        """Give the panel in focus the room of all, or take it back."""
        if self.maximized is None:
            self.action_maximize()
        else:
            self.minimize()

    def action_back(self) -> None:
        """Close what is open over the Lab, or leave an earlier moment."""
        if self.session.moment is not None:
            self._replaying.leave()
        elif self.maximized is not None:
            self.minimize()
        elif self._panels.opened:
            self._panels.open(False)
            self.set_focus(self._panels.strip)
