"""Between Textual and the terminal: signals, hang-ups, hostile input and slow links end well."""

from __future__ import annotations

import os
import select
import signal
import sys
from typing import TYPE_CHECKING, Any

from textual.drivers.linux_driver import LinuxDriver

from gradtui.tui.terminal.keyboard import Keyboard
from gradtui.tui.terminal.output import Output
from gradtui.tui.terminal.picture import Picture

if TYPE_CHECKING:
    from textual.app import App

_PATIENCE = 1.0
"""Seconds that a terminal has to take the last bytes, such as those that restore it."""


class TerminalDriver(LinuxDriver):
    """Textual's driver for Linux and macOS, made robust.

    * SIGTERM, SIGHUP and SIGINT end the app with 128 + the signal's number and the terminal restored, unless they are ignored.
    * The end of the input means that the terminal is gone; it counts as SIGHUP.
    * Ctrl+Z (`App.action_suspend_process`) stops the whole job, and nothing where no shell could continue it.
    * Input is read by `Keyboard`, which nothing can crash; output goes through `Output`, which never blocks.
    * `picture` is what the terminal shows.
    """

    def __init__(
        self,
        app: App[Any],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
        typed: bytes = b"",
    ) -> None:
        """`typed` is what was typed before."""
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._typed = typed
        assert sys.__stdout__ is not None
        self.picture = Picture()
        self._output = Output(sys.__stdout__.fileno(), self._redraw_soon)
        self._output.start()
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._loop.add_signal_handler(number, self._end, number)
        self._loop.add_signal_handler(signal.SIGTSTP, self._stop_job)
        self._loop.add_signal_handler(signal.SIGCONT, self._continue)

    @property
    def output_pending(self) -> int:
        """Bytes drawn but not yet taken by the terminal: while there are any, a further frame would only come late."""
        return self._output.pending

    def write(self, data: str) -> None:
        """Send to the terminal, in its turn. Never blocks."""
        self._output.write(data)

    def start_application_mode(self) -> None:
        """Take the terminal, which shows nothing of ours."""
        self.picture.forget()
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def stop_application_mode(self) -> None:
        """Restore the terminal. Frames that still wait are dropped: they belong to a screen that is left."""
        self._output.discard()
        super().stop_application_mode()

    def close(self) -> None:
        """Let the terminal take what was written last."""
        self._output.drain(_PATIENCE)
        super().close()

    def run_input_thread(self) -> None:
        """Read the terminal until the app ends or the terminal does."""
        keyboard = Keyboard()
        for message in keyboard.feed(self._typed):
            self.process_message(message)
        self._typed = b""
        while not self.exit_event.is_set():
            if select.select([self.fileno], [], [], 0.1)[0]:
                try:
                    data = os.read(self.fileno, 4096)
                except BlockingIOError:
                    continue
                except OSError:
                    data = b""
                if not data:
                    self._loop.call_soon_threadsafe(self._end, signal.SIGHUP)
                    return
                for message in keyboard.feed(data):
                    self.process_message(message)
            for message in keyboard.tick():
                self.process_message(message)

    def _end(self, number: signal.Signals) -> None:
        self._app.exit(return_code=128 + number)

    def _stop_job(self) -> None:
        """Leave the terminal and stop as a job does: with the whole process group, so that `make run` stops too, and by SIGTSTP,
        which the kernel ignores where no shell waits to continue us.
        """
        if self._auto_restart:
            self.suspend_application_mode()
        for number in (signal.SIGTSTP, signal.SIGCONT):
            self._loop.remove_signal_handler(number)
        os.killpg(os.getpgrp(), signal.SIGTSTP)
        self._loop.add_signal_handler(signal.SIGTSTP, self._stop_job)
        self._loop.add_signal_handler(signal.SIGCONT, self._continue)
        self._continue()

    def _continue(self) -> None:
        """Take the terminal, again, unless the app has lent it to another program."""
        if not self._auto_restart:
            return
        if self._key_thread is not None and self._key_thread.is_alive():  # stopped from outside, with the terminal as it was
            self.suspend_application_mode()
        self._must_signal_resume = True
        self.resume_application_mode()
        self.redraw()

    def _redraw_soon(self) -> None:
        self._loop.call_soon_threadsafe(self.redraw)

    def redraw(self) -> None:
        """Send everything again: something else wrote to the terminal, or what was sent got lost."""
        self.picture.forget()
        self._app.refresh(layout=True)
