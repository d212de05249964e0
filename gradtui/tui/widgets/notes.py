"""The notes: what this experiment is, what is wrong with its run, what just happened, and what to do next."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.text import Text
from textual.binding import BindingType

from gradtui.core.measured.finding import Finding, to_mend
from gradtui.core.text import printable, setting
from gradtui.diagnosis.comparison import compare
from gradtui.tui.key import bindings
from gradtui.tui.keys import NOTES, spoken
from gradtui.tui.widgets.cells import Cells
from gradtui.tui.widgets.ending import ending
from gradtui.tui.widgets.told import Note, Telling
from gradtui.worker.phase import Phase
from gradtui.worker.session import Session

_TEXT, _HINT, _BAD = ".notes--text", ".notes--hint", ".notes--bad"
_STYLES = {"info": _TEXT, "warning": ".notes--warning", "critical": _BAD}
"""The style of a finding by severity."""
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


class Notes(Cells, can_focus=True):
    """What went wrong before what changed, then what is wrong with the run, then what the preset says: of each the first sentence
    and more where there is room, or all of it where the panel has the room of all. What does not fit can be scrolled.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings(NOTES)
    COMPONENT_CLASSES: ClassVar[set[str]] = {"notes--text", "notes--bad", "notes--warning", "notes--hint"}

    _notes: Sequence[Note] = ()
    _about: Sequence[Note] = ()
    _all: Sequence[Text] = ()
    _top = 0

    def fill(self, session: Session, remark: str = "") -> None:
        """Show what matters most now; `remark` answers the last key."""
        notes, about = _notes(session, remark), _about(session)
        if (notes, about) != (self._notes, self._about):
            self._notes, self._about = notes, about
            self._draw()

    def on_resize(self) -> None:
        self._top = 0
        self._draw()

    def _draw(self) -> None:
        width, height = self.size
        telling = Telling(self.app.console, width)
        notes = self._notes or self._about
        if self.is_maximized:
            self._all, short = telling.whole([*notes, *(note for note in self._about if note not in notes)]), False
        else:
            self._all, short = (found := telling.fitted(notes, height)).rows, found.short
        self._top = max(0, min(self._top, len(self._all) - height))
        rows = list(self._all[self._top : self._top + height])
        below = len(self._all) - self._top - len(rows)
        if (below or short) and rows and height and rows[-1].cell_len + 2 <= width:
            rows[-1] = Text.assemble(rows[-1], " …")
        more = not self.is_maximized and (short or any(note.more for note in notes))
        self.head(
            "Notes", "↑↓ scroll" if len(self._all) > height else f"{spoken('panel.notes')} {NOTES[-1].shown}: more" if more else ""
        )
        self.show(rows)

    def action_scroll_up(self) -> None:
        """A line up."""
        self._scroll(self._top - 1)

    def action_scroll_down(self) -> None:
        """A line down."""
        self._scroll(self._top + 1)

    def action_turn(self, screenfuls: int) -> None:
        """So many screenfuls down, or up."""
        self._scroll(self._top + screenfuls * max(1, self.size.height - 1))

    def action_scroll_home(self) -> None:
        """To the top."""
        self._scroll(0)

    def action_scroll_end(self) -> None:
        """To the bottom."""
        self._scroll(len(self._all))

    def _scroll(self, top: int) -> None:
        self._top = top
        self._draw()


def _notes(session: Session, remark: str) -> list[Note]:
    """What is to be told now."""
    findings = [*_compared(session), *_found(session), *_done(session)]
    if session.notice:
        return [Note.of(_BAD, f"✗ {session.notice}"), *findings]
    if session.stale:
        differences = session.experiment.differences(session.run.experiment)
        changes = ", ".join(setting(key, new) for key, (new, _) in differences.items() if new is not None)
        next_ = f"{spoken('run.toggle')} {'trains on' if session.onward else 'starts from step 0'}"
        return [Note(_HINT, (f"Changed: {changes}.", f"{next_}, {spoken('experiment.undo')} takes it back.")), *findings]
    said = [Note.of(_HINT, remark)] if remark else []
    if findings:
        return [*said, *findings]
    if said:
        return [*said, *_about(session)]
    if session.phase is Phase.STARTING and session.course.torch is None:
        return [Note.of(_HINT, "Loading PyTorch; training starts as soon as it is there.")]
    return [
        *([Note(_HINT, _ready(session))] if session.phase is Phase.READY else []),
        *_about(session),
    ]


def _ready(session: Session) -> tuple[str, ...]:
    """What can be done at first."""
    train = f"Press {spoken('run.toggle')} to train."
    return (train, f"{spoken('runs.open')} lists recorded runs; the last was {session.last}.") if session.last else (train,)


def _done(session: Session) -> list[Note]:
    """What came of a run that is done."""
    if session.phase is not Phase.DONE or session.moment or session.run.started is None or session.stale:
        return []
    return [Note(_TEXT, ending(session.run, session.onward is not None))]


def _about(session: Session) -> list[Note]:
    """What the preset says of itself."""
    summary, source = session.preset.summary, session.preset.source
    return [Note(_TEXT, Note.of(_TEXT, summary).parts, (f"Source: {source}",) if source else ())] if summary else []


def _compared(session: Session) -> list[Note]:
    """The verdict on the fix that is being tried, or on the run beside the one that is pinned."""
    if session.beside is None:
        return []
    fixed = f"{spoken('fix.keep')} keeps this run, {spoken('fix.discard')} discards it."
    then = fixed if session.before else f"{spoken('run.pin')} lets the pinned run go."
    return [Note(_HINT, (*Note.of(_HINT, compare(session.beside, session.shown).sentence).parts, then))]


def _found(session: Session) -> list[Note]:
    """What is wrong, the worst first, or what was, each with how it is known; `f` stands at the fix that it tries."""
    mended = next((finding for finding in to_mend(session.shown.findings) if finding.fixes), None)
    mends = not session.stale and session.moment is None
    return [_finding(finding, finding is mended and mends) for finding in to_mend(session.shown.findings)]


def _finding(finding: Finding, mended: bool) -> Note:
    style = _STYLES[finding.severity] if finding.until is None else _TEXT
    known = (printable(finding.evidence), printable(finding.meaning)) if finding.until is None else ()
    parts = [f"{finding.sign} {printable(finding.what)} {finding.when}."]
    best, *others = finding.fixes or (None,)
    if mended and best is not None:
        rest = "" if not others else ", or another" if len(others) == 1 else f", or one of {len(others)} more"
        parts.append(f"{spoken('fix.try')} tries: {printable(best.title)}{rest}.")
    fixes = "; ".join(printable(f"{fix.title} ({fix.changes})") for fix in finding.fixes)
    more = (*((f"Would mend it: {fixes}.",) if fixes else ()), f"Source: {printable(finding.source)}.")
    return Note(style, (*parts, *known), more)
