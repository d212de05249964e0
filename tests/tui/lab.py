"""The app with a backend that only remembers, for tests that feed it reports."""

from __future__ import annotations

import math
import re
from pathlib import Path

from textual.widgets import Static

from gradtui.core.experiments.experiment import experiment
from gradtui.core.measured import protocol
from gradtui.core.measured.finding import Finding
from gradtui.core.measured.frame import QUANTITIES, Frame, Spread
from gradtui.core.presets.preset import Preset
from gradtui.tui.app import GradtuiApp
from gradtui.tui.terminal.launch import Surroundings
from tests.worker.frames import RecordingBackend

SIZE = (120, 40)
COMPACT = (80, 24)
DEPTH = 20
PRESET = Preset(
    title="Sigmoid, 20 layers deep",
    summary="A sigmoid's slope is at most 1/4. Watch the bars fall.",
    experiment=experiment(
        {
            "network": {"depth": DEPTH, "activation": "sigmoid", "initialization": "xavier-normal"},
            "optimizer": {"name": "momentum"},
            "run": {"steps": 5000, "device": "cpu"},
        }
    ),
)


class Lab:
    """The app under test, its backend, and the reports that a real backend would send."""

    def __init__(
        self, preset: Preset = PRESET, runs: Path | None = None, shows: Path | None = None, **surroundings: object
    ) -> None:
        self.backend = RecordingBackend()
        told = {"fps": 60, "mouse": False, "ascii": False} | surroundings
        self.app = GradtuiApp(preset, Surroundings(**told), connect=lambda mailbox: self.backend, runs=runs, shows=shows)

    @property
    def session(self):
        return self.app.session

    @property
    def run(self) -> int:
        """The number of the run that was started last."""
        return [command.run for command in self.backend.commands if isinstance(command, protocol.Start)][-1]

    def report(self, *letters) -> None:
        """Deliver reports as the worker thread would, and let the screen take them in."""
        for letter in letters:
            self.app.mailbox.put(letter)
        self.app.lab.catch_up()

    def ready(self) -> None:
        self.report(protocol.Ready(torch="2.13.0", devices=("cpu",)))

    def start(self, factor: float = 0.2, depth: int = DEPTH) -> None:
        """The run starts; `factor` is what theory says that a layer passes on of the gradient."""
        layers = (*map(str, range(1, depth + 1)), "out")
        predicted = (*(factor ** (depth - 1 - at) for at in range(depth)), None)
        self.report(
            protocol.Started(run=self.run, device="cpu", weights=20_000, layers=layers, predicted=(predicted,)),
        )

    def train(self, until: int, factor: float = 0.2, depth: int = DEPTH, loss=lambda step: 1.1 + math.exp(-step / 100)) -> None:
        """Further frames every ten steps, each layer with `factor` of the gradient of the one above it."""
        newest = self.session.run.history.newest
        for step in (1, *range(10, until + 1, 10)):
            if newest is not None and step <= newest.step:
                continue
            self.report(protocol.Sampled(run=self.run, frame=frame(step, factor, depth, loss(step))))


def frame(step: int, factor: float, depth: int, loss: float) -> Frame:
    gradients = [0.1 * factor ** (depth - 1 - at) for at in range(depth)] + [0.11]
    layers: dict[str, tuple[float | None, ...]] = dict.fromkeys(QUANTITIES, (None,) * (depth + 1))
    layers |= {"activation_gradient": tuple(gradients), "weight_gradient": tuple(2 * value for value in gradients)}
    layers |= {"activation_std": (0.3,) * (depth + 1), "update_ratio": tuple(value / 100 for value in gradients)}
    norm = math.sqrt(sum(4 * value**2 for value in gradients))
    return Frame(
        step=step,
        loss=Spread(last=loss, low=loss - 0.01, mean=loss, high=loss + 0.01, count=10),
        gradient_norm=Spread(last=norm, low=norm, mean=norm, high=norm, count=10),
        learning_rate=0.01,
        layers=layers,
        validation_loss=loss + 0.02 if step % 100 == 0 or step == 1 else None,
        validation_accuracy=0.34 if step % 100 == 0 or step == 1 else None,
        steps_per_second=1105.0,
    )


async def until(pilot, met) -> None:
    """Wait until something is so."""
    while not met():
        await pilot.pause(0.01)


async def trained(lab: Lab, pilot, step: int) -> None:
    """A run that has come to a step."""
    lab.ready()
    await pilot.press("space")
    lab.start()
    lab.train(step)


def picture(lab: Lab) -> str:
    """What stands on the topmost screen, line by line."""
    return "\n".join(strip.text.rstrip() for strip in lab.app.screen._compositor.render_strips())


def read(lab: Lab, selector) -> str:
    """What a Static of the screen shows, all of it, whatever fits."""
    console = lab.app.console
    with console.capture() as capture:
        console.print(lab.app.screen.query_one(selector, Static).content, width=100)
    return re.sub(r"\x1b\[[0-9;]*m", "", capture.get())


def shown(lab: Lab, widget) -> str:
    """The text of one of the Lab's widgets, as on the screen."""
    found = lab.app.lab.query_one(widget)
    return "\n".join(found.render_line(y).text.rstrip() for y in range(found.size.height))


def finding(rule, place, layers):
    told = {"what": "Gradients vanish", "evidence": "", "meaning": "", "source": ""}
    return Finding(rule=rule, severity="critical", step=1, layers=layers, place=place, **told)
