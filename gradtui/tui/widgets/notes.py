"""The notes: what this experiment is, what is wrong with its run, what just happened, and what to do next."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.text import Text

from gradtui.core.measured.finding import Finding, to_mend
from gradtui.core.text import exact, grouped, printable
from gradtui.diagnosis.comparison import compare
from gradtui.tui.widgets.cells import Cells
from gradtui.worker.phase import Phase
from gradtui.worker.session import Session

_SIGNS = {"info": ("•", "text"), "warning": ("▲", "warning"), "critical": ("✗", "bad")}
"""The sign of a finding by severity, and its style."""
_OVER = "○", "text"
"""The same of one that is over."""
_SECONDS = 10.0
"""How long a remark stays at most."""


class Remark:
    """The answer to a key: it goes with the next one, after some seconds, or when it no longer `holds`."""

    def __init__(self, words: str = "", holds: Callable[[], bool] = lambda: True) -> None:
        self.words, self._holds = words, holds
        self._until = time.monotonic() + _SECONDS

    @property
    def over(self) -> bool:
        """Whether it should go."""
        return bool(self.words) and (time.monotonic() > self._until or not self._holds())


class Notes(Cells):
    """A few lines of plain words. What went wrong comes before what changed, then what is wrong with the run, then what the
    preset says.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"notes--text", "notes--bad", "notes--warning", "notes--hint"}

    _told: Sequence[tuple[str, str]] = ()

    def fill(self, session: Session, remark: str = "") -> None:
        """Show what matters most now; `remark` answers the last key."""
        self._told = _words(session, remark)
        self._wrap()

    def on_resize(self) -> None:
        """Wrap the same words anew."""
        self._wrap()

    def _wrap(self) -> None:
        rows = [
            row
            for words, style in self._told
            for row in Text(words, f".notes--{style}").wrap(self.app.console, max(10, self.size.width))
        ]
        if len(rows) > self.size.height > 0:
            last = rows[self.size.height - 1]
            last.truncate(self.size.width - 2)
            last.append(" …")
        self.show(rows)


def _words(session: Session, remark: str) -> list[tuple[str, str]]:
    """Paragraphs with the name of their style."""
    findings = [*_compared(session), *_found(session)]
    if session.notice:
        return [(f"✗ {session.notice}", "bad"), *findings]
    if session.stale:
        changes = ", ".join(
            f"{key.partition('.')[2].replace('_', ' ')} {exact(new) if new is not None else 'gone'}"
            for key, (new, _) in session.experiment.differences(session.run.experiment).items()
        )
        return [(f"Changed: {changes}. Space starts from step 0, u takes it back.", "hint"), *findings]
    said = [(remark, "hint")] if remark else []
    if said or findings:
        return [*said, *findings]
    if session.phase is Phase.STARTING and session.torch is None:
        return [("Loading PyTorch; training starts as soon as it is there.", "hint")]
    hint = [("Press Space to train.", "hint")] if session.phase is Phase.READY else []
    return [*hint, (session.preset.summary, "text")]


def _compared(session: Session) -> list[tuple[str, str]]:
    """The verdict on the fix that is being tried."""
    if session.before is None:
        return []
    comparison = compare(session.before, session.run)
    return [(f"{comparison.sentence} a keeps this run, x discards it.", "hint")]


def _found(session: Session) -> list[tuple[str, str]]:
    """What is wrong, the worst first, or what was, each with how it is known; `f` stands at the fix that it tries."""
    mended = next((finding for finding in to_mend(session.run.findings) if finding.fixes), None)
    return [_finding(finding, finding is mended and not session.stale) for finding in to_mend(session.run.findings)]


def _finding(finding: Finding, mended: bool) -> tuple[str, str]:
    sign, style = _SIGNS[finding.severity]
    since, known = f"since step {grouped(finding.step)}", f" {printable(finding.evidence)}"
    if finding.until is not None:
        sign, style = _OVER
        since, known = f"from step {grouped(finding.step)} to {grouped(finding.until)}, no longer", ""
    words = f"{sign} {printable(finding.what)} {since}."
    if mended:
        best, *others = finding.fixes
        words += f" f tries: {printable(best.title)}" + (
            "." if not others else ", or another." if len(others) == 1 else f", or one of {len(others)} more."
        )
    return f"{words}{known}", style
