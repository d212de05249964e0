"""The studies of a session: a race, a search for a rate; followed whatever screen is shown, until the app ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from gradtui.core.experiments.experiment import Experiment
from gradtui.core.measured.finding import Fix
from gradtui.core.text import exact
from gradtui.runs import studies
from gradtui.runs.log import Unwritable
from gradtui.runs.studies import Kept
from gradtui.study.finder import finder, found
from gradtui.study.report import verdict_of
from gradtui.study.study import RATE, InvalidStudy, Study
from gradtui.tui.screens.race import RaceScreen
from gradtui.tui.screens.racing import RaceDialog
from gradtui.tui.screens.rate import RateScreen
from gradtui.tui.screens.steering import Steering
from gradtui.worker import racing
from gradtui.worker.pool import cores
from gradtui.worker.session import Session
from gradtui.worker.studying import Studying

if TYPE_CHECKING:
    from textual.app import App

    from gradtui.tui.widgets.explained import Field

_Made = TypeVar("_Made")
_NONE_YET = "None was made since the program started; c makes one with the experiment in the Lab."
_FOLLOWED = 0.2
"""Seconds from one look at what a study tells to the next."""


class Lab(Protocol):
    """What studies need of the Lab."""

    steering: Steering

    @property
    def field(self) -> Field | None:
        """The value that the cursor is on."""

    def say(self, remark: str) -> None:
        """Answer the last key in words."""

    def open(self, experiment: Experiment) -> None:
        """Take an experiment in, ready to run."""


class Studies:
    """Starts and shows them. `fps` are pictures a second."""

    def __init__(self, app: App[Any], session: Session, lab: Lab, fps: float) -> None:
        self._app, self._session, self._lab, self._fps = app, session, lab, fps
        self._racing: racing.Racing | None = None
        self._finding: racing.Finding | None = None
        self._under_way: list[Studying] = []
        self._folders: list[Kept] = []
        app.set_interval(_FOLLOWED, self._follow)

    @property
    def under_way(self) -> bool:
        """Whether any is."""
        return any(not studying.done for studying in self._under_way)

    def race(self) -> None:
        """Show the race that goes on, or choose what is to race."""
        if self._racing is not None and not self._racing.studying.done:
            self._show()
        else:
            self._app.push_screen(RaceDialog(self._session.experiment, self._lab.field), self.start)

    def start(self, study: Study | None) -> None:
        """Start a race and show it."""
        if study is None:
            return
        try:
            self.open(studies.create(study, self._title), cores())
        except Unwritable as error:
            self._lab.say(f"A race is kept in a folder, and there is none: {error}")

    def open(self, kept: Kept, processes: int) -> None:
        """Go on with a study in so many processes, and show it."""
        if (made := self._made(lambda: racing.race(kept.title, kept.study, processes, kept.results, kept.keep))) is not None:
            self._racing, self._kept = made, kept
            self._folders.append(kept)
            self._under_way.append(made.studying)
            self._show()

    def why(self) -> None:
        """Find the setting that keeps the experiment from learning, as it stands."""
        from gradtui.study.question import question
        from gradtui.tui.screens.why import WhyScreen

        def take(fix: Fix | None) -> None:
            if fix is not None:
                self._lab.steering.offer((fix,))

        made = self._made(lambda: racing.ask(self._title, question(self._session.experiment)))
        if made is not None:
            self._under_way.append(made.studying)
            self._app.push_screen(WhyScreen(made, self._session, self._fps), take)

    def rate(self) -> None:
        """Find a learning rate for the experiment as it stands."""

        def take(rate: float | None) -> None:
            if rate is not None:
                self._lab.say(self._lab.steering.adopt({RATE: rate}))

        self._find(take)

    def mend(self) -> None:
        """Find a learning rate that mends the run, and try it beside this one."""
        self._find(self._lab.steering.found)

    def _find(self, take: Callable[[float | None], None]) -> None:
        asked = finder(self._session.experiment)
        if (made := self._made(lambda: racing.find(self._title, asked))) is not None:
            self._under_way.append(made.studying)
            self._finding = made
            self._app.push_screen(RateScreen(made, self._session, self._fps), take)

    def showed(self, verb: str) -> str:
        """What the newest study of a verb, "race" or "rate", came to so far, in sentences."""
        if verb == "race":
            made = self._racing
            return f"{made.title}: {verdict_of(made.study, made.studying.results)}" if made is not None else _NONE_YET
        finding = self._finding
        if finding is None or not finding.studying.done or finding.studying.problem:
            return _NONE_YET
        answer = found(finding.finder, finding.studying.results, finding.studying.seconds)
        suggested = f"learning rate {exact(answer.suggested)}" if answer.suggested is not None else "no rate is suggested"
        return f"{finding.title}: {suggested}. {answer.why}"

    def close(self) -> None:
        """End them all, and wait for it."""
        for studying in self._under_way:
            studying.scheduler.close()
        for kept in self._folders:
            kept.close()

    @property
    def _title(self) -> str:
        return self._session.preset.title_of(self._session.experiment)

    def _made(self, make: Callable[[], _Made]) -> _Made | None:
        try:
            return make()
        except InvalidStudy as error:
            self._lab.say(str(error))
            return None

    def _show(self) -> None:
        def take(opened: Experiment | None) -> None:
            if opened is not None:
                self._lab.open(opened)

        assert self._racing is not None
        self._app.push_screen(RaceScreen(self._racing, self._kept, self._session, self._lab.steering.adopt, self._fps), take)

    def _follow(self) -> None:
        for studying in self._under_way:
            studying.advance()
