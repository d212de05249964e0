"""The lines that frame every screen: what is running, its numbers, and the keys that apply."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual.events import Click

from gradtui.core.text import grouped, left, number
from gradtui.tui.key import Key
from gradtui.tui.widgets.cells import Cells
from gradtui.worker.phase import Phase
from gradtui.worker.session import Session

_GLYPHS = {
    Phase.READY: "○",
    Phase.STARTING: "◌",
    Phase.RUNNING: "●",
    Phase.PAUSED: "‖",
    Phase.DONE: "✓",
    Phase.DIVERGED: "✗",
    Phase.FAILED: "✗",
}
_EARLIER = "◀"
_BAR, _SHORT = 28, 8
"""Cells of the bar, and of the shortest one, which leaves more to a long title."""
_TITLE = 28
"""Cells that the title has beside a bar at least."""
_STATE = 17
"""Cells of what the run is doing."""
_TIME = 12
"""Cells of the time that is left."""
FOLLOWED = 0.5
"""Seconds after which a screen over the Lab shows how far the run has come."""


class TopLine(Cells):
    """What is running and how far it is."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"line--name", "line--title", "line--quiet", "line--good", "line--bad", "line--bar"}

    def fill(self, session: Session, heading: str = "") -> None:
        """Show the session's state, or a heading in place of the experiment's title. Where there is little room, the device goes
        first, then the share and then our name.
        """
        good, bad, quiet = ".line--good", ".line--bad", ".line--quiet"
        shown = session.shown
        style = {Phase.RUNNING: good, Phase.DONE: good, Phase.DIVERGED: bad, Phase.FAILED: bad}.get(session.phase, quiet)
        heading = heading or session.preset.title_of(session.experiment)
        steps = session.run.experiment.run.steps
        done = min(1.0, shown.step / steps)
        counts = f"step {grouped(shown.step):>{len(grouped(steps))}} of {grouped(steps)}"
        name, state = (
            Text(" gradtui  ", ".line--name"),
            Text(f"{_EARLIER if session.moment else _GLYPHS[session.phase]} {self._state(session)}", style),
        )
        state.pad_right(max(0, _STATE - len(state)))
        share = Text(f"{100 * done:4.0f} %  ", quiet)
        device = Text(f"{session.run.started.device if session.run.started else '':<5}", quiet)
        tail, wanted = Text.assemble(state, "  ", (counts, ".line--title")), min(_TITLE, len(heading))
        room = self.size.width - len(name) - len(tail) - 1
        if room - len(share) < wanted:
            share = Text()
        if room - len(share) - len(device) < wanted:
            device = Text()
        if room < wanted:
            name, room = Text(" "), room + len(name) - 1
        spare = room - len(share) - len(device) - 2
        if spare > max(_TITLE, len(heading)) + _SHORT + _TIME:
            share, spare = Text(f"{self._left(session):>{_TIME}}", quiet).append_text(share), spare - _TIME
        if spare >= _TITLE + _SHORT:
            width = min(_BAR, max(_SHORT, spare - max(_TITLE, len(heading)) - 1))
            full = round(width * done)
            tail.append("  ").append("━" * full, ".line--bar").append("─" * (width - full), quiet)
        tail.append_text(share).append_text(device)
        title = Text(heading, ".line--title")
        title.truncate(max(0, self.size.width - len(name) - len(tail) - 1), overflow="ellipsis", pad=True)
        self.show([Text.assemble(name, title, " ", tail)])

    def _left(self, session: Session) -> str:
        """How long the run still takes at its speed; nothing while it does not go on."""
        if session.phase is not Phase.RUNNING or session.moment or not session.run.speed:
            return ""
        return f"{left((session.run.experiment.run.steps - session.run.step) / session.run.speed, units=1)} left"

    def _state(self, session: Session) -> str:
        if session.moment is not None:
            return "earlier"
        if session.phase is Phase.STARTING and session.course.torch is None:
            return "loading PyTorch"
        if session.stale and session.phase is Phase.PAUSED:
            return "changed"
        return session.phase.value


class StatusLine(Cells):
    """The run's numbers, each in a column of its own."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"line--label", "line--number", "line--lost"}

    def fill(self, session: Session) -> None:
        """Show the newest frame's numbers; `·` where nothing has been measured yet."""
        last = session.shown.history.last
        rate = last.learning_rate if last else session.run.experiment.optimizer.learning_rate
        cells = [
            ("loss", number(last.loss.last) if last else "·", 9),
            ("val", number(last.validation_loss) if last else "·", 9),
            ("accuracy", number(last.validation_accuracy) if last else "·", 6),
            ("|grad|", number(last.gradient_norm.last) if last else "·", 9),
            ("lr", f"{rate:.3g}", 8),
            ("steps/s", number(session.shown.speed) if session.shown.speed else "·", 6),
        ]
        line = Text(" ")
        for label, value, width in cells:
            if line.cell_len + len(label) + 1 + width > self.size.width:
                break
            style = "lost" if value in ("NaN", "Inf", "-Inf") else "number"
            line.append(f"{label} ", ".line--label")
            line.append(f"{value:<{width}}", f".line--{style}").append("  ")
        self.show([line])


class KeyLine(Cells):
    """The keys that do something now. A click on one of them presses it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"line--key", "line--words"}

    _places: Sequence[tuple[int, str]] = ()
    """The column from which on a click presses a key, by Textual's name; empty where it presses none."""

    def fill(self, keys: Sequence[Key], always: Sequence[Key], session: Session) -> None:
        """Show as many of these keys as fit, and on the right those that always apply."""
        ends = [key for key in always if key.footer]
        width = sum(map(cell_len, (self._words(key, session) for key in ends)))
        fitting, room = list[Key](), self.size.width - width - 1
        for key in keys:
            if key.footer and key.applies(session):
                room -= cell_len(self._words(key, session))
                if room < 0:
                    break
                fitting.append(key)
        line, places = Text(" "), [(0, "")]
        for key in fitting:
            self._append(line, key, session, places)
        places.append((line.cell_len, ""))
        line.append(" " * (self.size.width - width - line.cell_len))
        for key in ends:
            self._append(line, key, session, places)
        self._places = places
        self.show([line])

    def on_click(self, event: Click) -> None:
        name = next((name for start, name in reversed(self._places) if start <= event.x), "")
        if name:
            self.app.simulate_key(name)

    def _words(self, key: Key, session: Session) -> str:
        return f"{key.shown} {key.label(session)}  "

    def _append(self, line: Text, key: Key, session: Session, places: list[tuple[int, str]]) -> None:
        if key.pair:
            places.append((line.cell_len, key.pair.names[0]))
        places.append((line.cell_len + (cell_len(key.pair.shown) + 1 if key.pair else 0), key.names[0]))
        line.append(key.shown, ".line--key").append(f" {key.label(session)}  ", ".line--words")
