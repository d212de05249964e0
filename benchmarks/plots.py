"""What the plots cost: bytes a frame through a real terminal, against repainting them whole, and time to build one.

Run as `python benchmarks/plots.py`. The byte counts do not depend on the machine's speed; compare only them between machines.
"""

from __future__ import annotations

import asyncio
import fcntl
import math
import os
import pty
import random
import struct
import sys
import termios
import time
from collections.abc import Callable, Sequence

from rich.text import Text
from textual.app import ComposeResult
from textual.widgets import Static

from gradtui.core.measured.frame import Frame, Spread
from gradtui.core.measured.history import History
from gradtui.core.text import number
from gradtui.tui.plot.by_layer import ByLayer
from gradtui.tui.plot.curve import Curve
from gradtui.tui.plot.lines import Losses, lines
from gradtui.tui.terminal.updates import CellsApp
from gradtui.tui.theme import colours
from gradtui.tui.widgets.cells import Cells
from gradtui.tui.widgets.gradients import Gradients
from gradtui.tui.widgets.loss import Loss

COLUMNS, ROWS = 88, 24
FRAMES = 100
START = 300
STEPS = 300_000
"""Frames that are drawn, those that were there before, and the steps of a run that has more of them."""
LAYERS = (*(str(layer) for layer in range(1, 21)), "out")
KINDS = ("loss", "gradients", "line")


def frame(at: int, noise: random.Random) -> Frame:
    """A frame as a 20-layer sigmoid network at its start gives it, ten steps after the one before."""
    loss = 0.4 + 0.7 * math.exp(-at / 60) + noise.uniform(-0.02, 0.02)
    spread = Spread(last=loss, low=loss - 0.02, mean=loss, high=loss + 0.02, count=10)
    gradients = tuple(0.08 * 10 ** (-0.6 * (19 - layer) + noise.uniform(-0.05, 0.05)) for layer in range(21))
    return Frame(
        step=10 * at,
        loss=spread,
        gradient_norm=spread,
        learning_rate=0.01,
        layers={"activation_gradient": gradients},
        validation_loss=loss + 0.05 if at % 10 == 0 else None,
    )


def history(frames: int) -> tuple[History, random.Random]:
    noise, made = random.Random(0), History()
    for at in range(1, frames + 1):
        made.add(frame(at, noise))
    return made, noise


def view(made: History) -> ByLayer:
    assert made.last is not None
    return ByLayer("activation_gradient", LAYERS, made.last.layers["activation_gradient"])


def losses(made: History) -> Losses:
    return Losses(Curve.of(made.loss, made.mean_loss), Curve.of(made.validation_loss), STEPS)


class Whole(Static):
    """The same rows without their colours, repainted whole as a Static does."""

    def show(self, rows: Sequence[Text]) -> None:
        """Show these rows."""
        self.update(Text("\n").join(Text(row.plain) for row in rows), layout=False)


class Demo(CellsApp):
    """Draws frames one after the other and leaves."""

    def __init__(self, kind: str, whole: bool, frames: int) -> None:
        super().__init__()
        self._kind, self._frames = kind, frames
        self._drawn = Whole() if whole else {"loss": Loss, "gradients": Gradients, "line": Cells}[kind]()

    def get_theme_variable_defaults(self) -> dict[str, str]:  # noqa: D102
        return colours(self.current_theme)

    def compose(self) -> ComposeResult:  # noqa: D102
        yield self._drawn

    def on_mount(self) -> None:  # noqa: D102
        self.run_worker(self._draw())

    async def _draw(self) -> None:
        made, noise = history(START)
        for at in range(START + 1, START + 1 + self._frames):
            made.add(frame(at, noise))
            self._show(made)
            await asyncio.sleep(0.03)
        self.exit()

    def _show(self, made: History) -> None:
        drawn = self._drawn
        if isinstance(drawn, Loss):
            drawn.fill(losses(made))
        elif isinstance(drawn, Gradients):
            drawn.fill([view(made)])
        else:
            drawn.show(_rows(self._kind, made))


def _rows(kind: str, made: History) -> list[Text]:
    assert made.last is not None
    if kind == "loss":
        return lines(losses(made), False, COLUMNS, ROWS)
    if kind == "line":
        return [Text(f"loss {number(made.last.loss.last)}"), *[Text("x" * COLUMNS)] * (ROWS - 1)]
    values = made.last.layers["activation_gradient"]
    return [
        Text(f"{name:>4}  {'█' * round(60 + 4 * math.log10(value or 1)):<66}{number(value):>9}")
        for name, value in zip(LAYERS, values, strict=True)
    ]


def bytes_written(kind: str, whole: bool, frames: int) -> int:
    """Bytes that the demo sends to a terminal until it has left."""
    child, terminal = pty.fork()
    if child == 0:
        os.environ["TERM"] = "xterm-256color"
        os.environ["COLORTERM"] = "truecolor"
        os.execv(sys.executable, [sys.executable, __file__, kind, str(int(whole)), str(frames)])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    count = 0
    try:
        while data := os.read(terminal, 65536):
            count += len(data)
    except OSError:  # the other end is closed
        pass
    os.waitpid(child, 0)
    return count


def a_frame(kind: str, whole: bool) -> float:
    return (bytes_written(kind, whole, FRAMES) - bytes_written(kind, whole, 1)) / (FRAMES - 1)


def milliseconds(build: Callable[[], object], times: int = 30) -> float:
    """The median time of a call."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        build()
        taken.append(1000 * (time.perf_counter() - start))
    return sorted(taken)[times // 2]


def main() -> None:
    print(f"bytes a frame at {COLUMNS}x{ROWS}        changed cells     whole    ratio")
    for kind in KINDS:
        ours, all_of_it = a_frame(kind, whole=False), a_frame(kind, whole=True)
        print(f"  {kind:<26}{ours:14.0f}{all_of_it:10.0f}{all_of_it / ours:9.1f}")
    made, _ = history(30_000)
    shown = losses(made)
    for log in (False, True):
        taken = milliseconds(lambda log=log: lines(shown, log, 80, 38))  # type: ignore[misc]
        print(f"loss plot of {len(shown.train)} points at 80x38, {'log' if log else 'linear'}: {taken:.1f} ms")


if __name__ == "__main__":
    if len(sys.argv) == 4:
        Demo(sys.argv[1], bool(int(sys.argv[2])), int(sys.argv[3])).run()
    else:
        main()
