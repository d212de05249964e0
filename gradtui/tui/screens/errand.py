"""A job that takes its time, such as fetching from another machine: how far it is, a way out, and what went wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Thread
from typing import ClassVar, TypeVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message

from gradtui.core.experiments.experiment import InvalidExperiment
from gradtui.core.presets.preset import UnreadablePreset
from gradtui.core.presets.saving import Unsaved
from gradtui.core.text import printable
from gradtui.remote.address import BadAddress
from gradtui.remote.connection import Cancelled
from gradtui.remote.failures import Broken, RemoteFailure
from gradtui.remote.machines import Machines
from gradtui.tui.key import bindings, hint
from gradtui.tui.keys import ERRAND
from gradtui.tui.screens.dialog import Dialog
from gradtui.tui.terminal.lend import lend
from gradtui.tui.widgets.page import Page

Result = TypeVar("Result")
Job = Callable[[Callable[[str], None], Callable[[], bool]], Result]
"""What is done: it calls the first with a line at every stage, and asks the second whether it is cancelled."""

_TOLD = (RemoteFailure, BadAddress, UnreadablePreset, InvalidExperiment, Unsaved)
"""What a job may raise to tell a person; everything else is a fault of the program."""


class ErrandScreen(Dialog[Result]):
    """Runs a job in a thread of its own. Returns its result, or None where a person cancels it or goes back after it failed."""

    CSS_PATH = "errand.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(ERRAND)

    @dataclass
    class Told(Message):
        """The job is at another stage."""

        line: str

    @dataclass
    class Ended(Message):
        """The job is over."""

        result: object
        error: BaseException | None

    def __init__(self, title: str, job: Job[Result], machines: Machines) -> None:
        super().__init__()
        self._job, self._machines = job, machines
        self._lines: list[str] = []
        self._error: BaseException | None = None
        self._cancelled = Event()
        self._thread: Thread | None = None
        self._page = Page(id="errand", classes="box")
        self._page.border_title = Text(printable(title, 100))

    def compose(self) -> ComposeResult:
        yield self._page

    def on_mount(self) -> None:
        self._begin()

    async def on_unmount(self) -> None:
        self._cancelled.set()
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join)

    def _begin(self) -> None:
        self._lines, self._error = [], None
        self._cancelled.clear()
        self._thread = Thread(target=self._run, name="gradtui-errand", daemon=True)
        self._thread.start()
        self._show()

    def _run(self) -> None:
        try:
            result = self._job(self._tell, self._cancelled.is_set)
        except BaseException as error:
            self.post_message(self.Ended(None, error))
        else:
            self.post_message(self.Ended(result, None))

    def _tell(self, line: str) -> None:
        self.post_message(self.Told(line))

    def on_errand_screen_told(self, message: Told) -> None:
        self._lines.append(message.line)
        self._show()

    def on_errand_screen_ended(self, message: Ended) -> None:
        self._thread = None
        if message.error is None:
            self.dismiss(message.result)  # type: ignore[arg-type]
        elif isinstance(message.error, (Cancelled, Broken)) and self._cancelled.is_set():
            self.dismiss(None)
        elif isinstance(message.error, _TOLD):
            self._error = message.error
            self._show()
        else:
            raise message.error

    def _show(self) -> None:
        said, error = Text(), self._error
        if isinstance(error, RemoteFailure):
            said.append(f"✗ {error.sentence}", "bold").append(f"\n\n{error.details}" if error.details else "", "dim")
        elif error is not None:
            said.append(f"✗ {error}", "bold")
        else:
            lines = [*self._lines, "Cancelling"] if self._cancelled.is_set() else self._lines
            said.append("\n".join(f"{line} ..." for line in lines))
        self._page.show(said)
        self._page.set_class(error is not None, "failed")
        self._page.border_subtitle = self._hint()

    def _hint(self) -> str:
        if self._error is None:
            return "esc Cancel"
        return hint(key for key in ERRAND if key.action != "terminal" or self._asked is not None)

    @property
    def _asked(self) -> RemoteFailure | None:
        """The failure, where ssh only has to ask the user something."""
        return self._error if isinstance(self._error, RemoteFailure) and self._error.asks else None

    def action_again(self) -> None:
        """Try once more."""
        if self._error is not None:
            self._begin()

    def action_terminal(self) -> None:
        """Let ssh ask in the terminal, then try once more over the connection that it made."""
        if self._asked is not None and (address := self._asked.asks) is not None:
            try:
                argv = self._machines.login(address)
            except RemoteFailure as failure:
                self._error = failure
                self._show()
                return
            with self.app.suspend():
                print(f"gradtui: ssh connects to {address.host}. Ctrl+C goes back.", flush=True)
                lend(argv)
            self._begin()

    def action_back(self) -> None:
        """Cancel the job while it runs; leave once it failed."""
        if self._thread is None:
            self.dismiss(None)
        else:
            self._cancelled.set()
            self._show()
