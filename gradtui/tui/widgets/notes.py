"""The notes: what this experiment is, what just happened, and what to do next."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text

from gradtui.core.text import exact
from gradtui.tui.cells import Cells
from gradtui.worker.session import Phase, Session


class Notes(Cells):
    """A few lines of plain words. What went wrong comes before what changed, and that before what the preset says."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"notes--text", "notes--bad", "notes--hint"}

    def fill(self, session: Session, remark: str = "") -> None:
        """Show what matters most now; `remark` answers the last key."""
        rows = [
            row
            for words, style in _words(session, remark)
            for row in Text(words, f".notes--{style}").wrap(self.app.console, max(10, self.size.width))
        ]
        if len(rows) > self.size.height > 0:
            rows[self.size.height - 1].append(" …")
        self.show(rows)


def _words(session: Session, remark: str) -> list[tuple[str, str]]:
    """Paragraphs with the name of their style."""
    if session.notice:
        return [(f"✗ {session.notice}", "bad")]
    if session.stale:
        changes = ", ".join(
            f"{key.partition('.')[2].replace('_', ' ')} {exact(new) if new is not None else 'gone'}"
            for key, (new, _) in session.experiment.differences(session.running).items()
        )
        return [(f"Changed: {changes}. Space starts from step 0, u takes it back.", "hint")]
    if remark:
        return [(remark, "hint")]
    if session.phase is Phase.STARTING and session.torch is None:
        return [("Loading PyTorch; training starts as soon as it is there.", "hint")]
    hint = [("Press Space to train.", "hint")] if session.phase is Phase.READY else []
    return [*hint, (session.preset.summary, "text")]
