"""Sessions for tests: on a backend that only remembers what it was told."""

from gradtui.core.experiments.experiment import experiment
from gradtui.core.measured import protocol
from gradtui.core.measured.finding import Finding, Fix
from gradtui.core.presets.preset import Preset
from gradtui.worker.session import Session
from tests.worker.frames import RecordingBackend

PRESET = Preset(title="Test", experiment=experiment({"optimizer": {"name": "momentum"}}))
STARTED = {"device": "cpu", "weights": 1, "layers": ("1", "out"), "predicted": ((1.0, None),)}
FIX = Fix(title="Adam", reason="It divides by the gradient's size.", set={"optimizer.name": "adam"})
FINDING = Finding(
    rule="vanishing-gradients", severity="critical", step=2, what="", evidence="", meaning="", source="", fixes=(FIX,)
)  # fmt: skip


def session():
    backend = RecordingBackend()
    return Session(PRESET, lambda: backend), backend


def run_of(backend):
    return [command.run for command in backend.commands if isinstance(command, protocol.Start)][-1]


def training():
    lab, backend = session()
    lab.toggle()
    lab.receive(protocol.Started(run=run_of(backend), **STARTED))
    return lab, backend
