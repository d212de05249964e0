"""From the command line to the screen and back: what the terminal can do, how Textual is told, how the program ends.

Nothing here imports Textual before `launch` has set its environment: Textual reads it when it is imported.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from gradtui.tui.terminal.ground import asked

if TYPE_CHECKING:
    from textual.app import App

USAGE, FAILED, INTERRUPTED = 2, 1, 130

_COERCED = ("C.UTF-8", "C.utf8", "UTF-8")
"""What Python itself sets LC_CTYPE to where the locale is C."""


@dataclass(frozen=True)
class Surroundings:
    """Where the screen is shown: pictures a second, whether the mouse is used, whether all but ASCII is unreadable, and whether
    there are no more than sixteen colours; and whether its background is light, None where it does not tell.
    """

    fps: float
    mouse: bool
    ascii: bool
    sixteen: bool = False
    light: bool | None = None


def survey(environ: Mapping[str, str], fps: float | None = None) -> Surroundings:
    """What suits the terminal that this environment describes. Over SSH every byte counts: 4 pictures a second, no mouse."""
    remote = bool(environ.get("SSH_CONNECTION"))
    fps = fps or (4 if remote else 10)
    return Surroundings(fps=fps, mouse=not remote, ascii=not shows_unicode(environ), sixteen=few_colours(environ))


def few_colours(environ: Mapping[str, str]) -> bool:
    """Whether the terminal has no more than sixteen colours, as far as Textual can tell."""
    from rich.console import Console

    system = environ.get("TEXTUAL_COLOR_SYSTEM", "auto")
    return Console(force_terminal=True, color_system=system, _environ=environ).color_system == "standard"  # type: ignore[arg-type]


def shows_unicode(environ: Mapping[str, str]) -> bool:
    """Whether the locale is one of UTF-8. Where none is set at all we take it to be: nearly every terminal shows it."""
    chosen = (environ.get("LC_ALL"), environ.get("LC_CTYPE"), environ.get("LANG"))
    locale = next((name for name in chosen if name and name not in _COERCED), "C.UTF-8")
    return "utf8" in locale.lower().replace("-", "")


def refusal(environ: Mapping[str, str]) -> str | None:
    """Why the screen cannot be shown here, in a sentence that says what to do; None where it can."""
    for stream, what in ((sys.stdin, "input"), (sys.stdout, "output")):
        if stream is None or stream.closed or not stream.isatty():
            return f"the {what} is not a terminal; use `gradtui run` to train without a screen."
    if environ.get("TERM", "dumb") in ("dumb", "unknown", ""):
        return "this terminal (TERM=dumb) cannot show a screen; set TERM, or use `gradtui run` to train without one."
    return None


def prepare(environ: MutableMapping[str, str]) -> None:
    """Tell Textual, which reads its environment when it is imported. What the user has set stays.

    COLUMNS and LINES go: Textual would believe them rather than the terminal, and never see it resized. Nothing is animated. Sizes
    come by signal, not in the input, where any program could forge them. Keys are answered at 60 frames a second, over SSH at 30:
    frames a second of data are ours to count. Without colour, the terminal's own two are used.
    """
    for name in ("COLUMNS", "LINES"):
        environ.pop(name, None)
    environ.setdefault("TEXTUAL_ANIMATIONS", "none")
    environ.setdefault("TEXTUAL_SMOOTH_SCROLL", "0")
    if environ.get("SSH_CONNECTION"):
        environ.setdefault("TEXTUAL_FPS", "30")
    if "NO_COLOR" in environ:
        environ.setdefault("TEXTUAL_THEME", "ansi-dark")


def launch(make: Callable[[Surroundings], App[Any]], fps: float | None = None) -> int:
    """Show an app in this terminal until it ends, and return the exit status for the shell.

    `make` imports and builds the app; `fps` replaces the default of pictures a second. 0 when the user quit; 1 after an
    exception, whose traceback is printed once the terminal is restored; 2 where no screen can be shown; 129, 130, 143 after SIGHUP,
    SIGINT, SIGTERM.
    """
    reason = refusal(os.environ)
    if reason:
        print(f"gradtui: {reason}", file=sys.stderr)
        return USAGE
    prepare(os.environ)
    try:
        with asked(os.environ, sys.stdin.fileno(), sys.stdout.fileno()) as ground:
            import textual.app  # noqa: F401  which takes longer than most terminals to answer
        surroundings = replace(survey(os.environ, fps), light=ground.light)
        app = make(surroundings)
        harden(app, surroundings, ground.typed)
        app.run(mouse=surroundings.mouse)
    except KeyboardInterrupt:  # before the app could take the signal
        return INTERRUPTED
    return FAILED if app.return_code is None else app.return_code


def harden(app: App[Any], surroundings: Surroundings, typed: bytes = b"") -> None:
    """Give an app the driver, the line filters and the error stream that stand between it and the terminal; `typed` is what came
    from that before the driver read it.
    """
    from rich.console import Console

    from gradtui.tui.terminal.driver import TerminalDriver
    from gradtui.tui.terminal.filters import Ascii, Printable, PrintableErrors

    app.driver_class = partial(TerminalDriver, typed=typed)  # type: ignore[assignment]
    app._filters.append(Printable())
    if surroundings.ascii:
        app._filters.append(Ascii())
    app.error_console = Console(file=PrintableErrors(), markup=False, highlight=False, color_system=None)
