"""The lines that frame every screen: what is running, its numbers, and the keys that apply."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text

from gradtui.core.text import grouped, number
from gradtui.tui.keys import Key
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
_BAR, _SHORT = 28, 8
"""Cells of the bar, and of the shortest one, which leaves more to a long title."""
_TITLE = 28
"""Cells that the title has beside a bar at least."""


class TopLine(Cells):
    """What is running and how far it is."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"line--name", "line--title", "line--quiet", "line--good", "line--bad", "line--bar"}

    def fill(self, session: Session, heading: str = "") -> None:
        """Show the session's state, or a heading in place of the experiment's title."""
        good, bad, quiet = ".line--good", ".line--bad", ".line--quiet"
        style = {Phase.RUNNING: good, Phase.DONE: good, Phase.DIVERGED: bad, Phase.FAILED: bad}.get(session.phase, quiet)
        state = f"{_GLYPHS[session.phase]} {self._state(session)}"
        steps = session.run.experiment.run.steps
        done = min(1.0, session.run.step / steps)
        counts = f"step {grouped(session.run.step):>{len(grouped(steps))}} of {grouped(steps)}"
        room = self.size.width
        left = Text(" gradtui  ", ".line--name")
        heading = heading or session.preset.title_of(session.experiment)
        tail = Text.assemble((f"{state:<17}", style), ("  ", ""), (counts, ".line--title"))
        spare = room - len(left) - len(tail) - 16
        width = min(_BAR, max(_SHORT, spare - max(_TITLE, len(heading))))
        if spare >= _TITLE + _SHORT:
            full = round(width * done)
            tail.append("  ").append("━" * full, ".line--bar").append("─" * (width - full), quiet)
        tail.append(f"{100 * done:4.0f} %  ", quiet).append(
            f"{session.run.started.device if session.run.started else '':<5}", quiet
        )
        title = Text(heading, ".line--title")
        title.truncate(max(0, room - len(left) - len(tail) - 1), overflow="ellipsis", pad=True)
        self.show([Text.assemble(left, title, " ", tail)])

    def _state(self, session: Session) -> str:
        if session.phase is Phase.STARTING and session.torch is None:
            return "loading PyTorch"
        if session.stale and session.phase is Phase.PAUSED:
            return "changed"
        return session.phase.value


class StatusLine(Cells):
    """The run's numbers, each in a column of its own."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"line--label", "line--number", "line--lost"}

    def fill(self, session: Session) -> None:
        """Show the newest frame's numbers; `·` where nothing has been measured yet."""
        last = session.run.history.last
        rate = last.learning_rate if last else session.run.experiment.optimizer.learning_rate
        cells = [
            ("loss", number(last.loss.last) if last else "·", 9),
            ("val", number(last.validation_loss) if last else "·", 9),
            ("accuracy", number(last.validation_accuracy) if last else "·", 6),
            ("|grad|", number(last.gradient_norm.last) if last else "·", 9),
            ("lr", f"{rate:.3g}", 8),
            ("steps/s", number(session.run.speed) if session.run.speed else "·", 6),
        ]
        line = Text(" ")
        for label, value, width in cells:
            style = "lost" if value in ("NaN", "Inf", "-Inf") else "number"
            line.append(f"{label} ", ".line--label")
            line.append(f"{value:<{width}}", f".line--{style}").append("  ")
        self.show([line])


class KeyLine(Cells):
    """The keys that do something now."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"line--key", "line--words"}

    def fill(self, keys: Sequence[Key], always: Sequence[Key], session: Session) -> None:
        """Show as many of these keys as fit, and on the right those that always apply."""
        line, end = Text(" "), Text()
        for key in always:
            if key.footer:
                end.append_text(self._key(key, session))
        for key in keys:
            if key.footer and key.applies(session):
                entry = self._key(key, session)
                if len(line) + len(entry) + len(end) > self.size.width:
                    break
                line.append_text(entry)
        line.append(" " * (self.size.width - len(line) - len(end)))
        self.show([line.append_text(end)])

    def _key(self, key: Key, session: Session) -> Text:
        return Text.assemble((key.shown, ".line--key"), (f" {key.label(session)}  ", ".line--words"))
