"""The real app whose backend trains when it is told: Ctrl+G brings thirty frames, each painted before the next, and a bell."""

import asyncio
import sys
from pathlib import Path
from typing import ClassVar

from gradtui.tui.terminal.launch import launch

FRAMES = 30


def make(surroundings):
    from textual.binding import Binding

    from gradtui.core.measured import protocol
    from gradtui.tui import app
    from gradtui.tui.app import GradtuiApp
    from tests.tui.lab import DEPTH, PRESET, frame
    from tests.worker.frames import RecordingBackend

    backend = RecordingBackend()

    class Told(GradtuiApp):
        CSS_PATH = Path(app.__file__).with_name("app.tcss")
        BINDINGS: ClassVar = [Binding("ctrl+g", "go_on", priority=True)]
        step = 0

        def action_go_on(self):
            self.training = asyncio.create_task(self.train())

        async def train(self):
            if not self.step:
                self.session.toggle()
                layers, predicted = (*map(str, range(1, DEPTH + 1)), "out"), ((None,) * (DEPTH + 1),)
                self.run_number = backend.commands[-1].run
                self.mailbox.put(
                    protocol.Started(run=self.run_number, device="cpu", weights=20_000, layers=layers, predicted=predicted)
                )
            for _ in range(FRAMES):
                self.step += 7
                self.mailbox.put(
                    protocol.Sampled(
                        run=self.run_number, frame=frame(self.step, 0.2 + self.step % 9 / 99, DEPTH, 1 + 9 / self.step)
                    )
                )
                self.lab.catch_up()
                await asyncio.sleep(0)
                while not self.settled:
                    await asyncio.sleep(0.001)
            self.bell()

    return Told(PRESET, surroundings, connect=lambda mailbox: backend)


if __name__ == "__main__":
    sys.exit(launch(make))
