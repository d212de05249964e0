"""Commands take effect between steps, the same way every time."""

import threading

import pytest
import torch

from gradtui.catalog.optimizers import OPTIMIZERS
from gradtui.core.measured.protocol import Advance, Change, Changed, Pause, Paused, Rejected, Resume, Resumed, Stop
from gradtui.engine.training.controls import Controls
from gradtui.engine.training.trainer import prepare
from tests.engine import plain

DEADLINE = 30


def weights(made, controls=None):
    return plain.run(made, controls=controls)[2].storage.weights


class Scripted(Controls):
    """Controls whose reports are answered from a script, in the trainer's thread: no second thread, no chance."""

    def __init__(self, *answers, paused=False):
        super().__init__(self._heard, run=1, paused=paused)
        self.reports = []
        self._answers = list(answers)

    def _heard(self, report):
        self.reports.append(report)
        if isinstance(report, Paused):
            for command in self._answers.pop(0):
                self.send(command)


def test_pausing_changes_no_bit():
    made = plain.of({"run": {"steps": 25}})
    controls = Scripted([Advance(steps=3)], [Advance()], [Resume()], paused=True)
    assert torch.equal(weights(made, controls), weights(made))
    assert controls.reports == [Paused(run=1, step=0), Paused(run=1, step=3), Paused(run=1, step=4), Resumed(run=1, step=4)]


def test_every_step_has_a_frame_while_stepping():
    made = plain.of({"run": {"steps": 40}})
    controls = Scripted([Advance(steps=15)], [Resume()], paused=True)
    frames, _, _ = plain.run(made, controls=controls)
    assert [frame.step for frame in frames] == [*range(1, 16), 20, 30, 40]


def test_a_pause_waits_until_it_is_told_to_go_on():
    made = plain.of({"run": {"steps": 30}})
    paused = threading.Event()
    controls = Controls(lambda report: paused.set())
    controls.send(Pause())
    done = []
    thread = threading.Thread(target=lambda: done.append(plain.run(made, controls=controls)))
    thread.start()
    assert paused.wait(DEADLINE)
    assert not done
    controls.send(Resume())
    thread.join(DEADLINE)
    assert done[0][1][0].step == 30


def test_a_change_takes_effect_at_the_next_step():
    made = plain.of({"optimizer": {"learning_rate": 0.1}})
    controls = Scripted([Change(key="optimizer.learning_rate", value=0.5), Resume()])
    training, seen = prepare([made]), []
    for frame in training.frames(controls):
        seen.append(frame)
        if frame.step == 5:
            controls.send(Pause())
    assert [frame.learning_rate for frame in seen] == [0.1] * 5 + [0.5] * 5
    assert Changed(run=1, step=5, key="optimizer.learning_rate", value=0.5) in controls.reports
    stack = prepare([made]).stack
    model, batches = plain.copy_of(stack), stack.batches()
    for frame in seen:
        inputs, targets = next(batches)
        model.zero_grad()
        loss = plain.criterion(made)(model(inputs[0]), targets[0])
        loss.backward()
        torch.optim.SGD(model.parameters(), frame.learning_rate).step()
        assert frame.loss.last == pytest.approx(loss.item(), rel=1e-4)


LIVE = [(name, parameter.name) for name, entry in OPTIMIZERS.items() for parameter in entry.parameters if parameter.live]


@pytest.mark.parametrize(("name", "parameter"), LIVE)
def test_every_live_parameter_changed_before_the_first_step_is_as_if_chosen(name, parameter):
    made = plain.of({"optimizer": {"name": name, "learning_rate": 0.05}})
    key, value = f"optimizer.{parameter}", (0.5, 0.6) if parameter == "betas" else 0.25
    controls = Scripted()
    controls.send(Change(key=key, value=list(value) if parameter == "betas" else value))
    changed = weights(made, controls)
    assert controls.reports == [Changed(run=1, step=0, key=key, value=value)]
    assert torch.equal(changed, weights(made.changed({key: value})))
    assert not torch.equal(changed, weights(made))


@pytest.mark.parametrize("by", ["norm", "value"])
def test_clipping_can_be_switched_on_while_training_runs(by):
    made = plain.of({"clip": {"threshold": 0.01}})
    controls = Scripted()
    controls.send(Change(key="clip.by", value=by))
    assert torch.equal(weights(made, controls), weights(made.changed({"clip.by": by})))


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("network.depth", 5, "cannot change while training runs"),
        ("optimizer.learning_rate", -1, "does not fit"),
        ("optimizer.learning_rate", "fast", "does not fit"),
        ("optimizer.learning_rat", 0.1, "Did you mean learning_rate"),
        ("optimizer.betas", [0.9, 0.9], "does not apply here"),
        ("nonsense", 1, "not a dotted key"),
    ],
)
def test_a_bad_change_is_reported_and_changes_nothing(key, value, reason):
    made = plain.of({})
    controls = Scripted()
    controls.send(Change(key=key, value=value))
    assert torch.equal(weights(made, controls), weights(made))
    (report,) = controls.reports
    assert isinstance(report, Rejected) and reason in report.reason


def test_stop_ends_the_run_with_what_it_has():
    made = plain.of({"run": {"steps": 1000}})
    controls = Controls()
    training = prepare([made])
    frames = training.frames(controls)
    assert next(frames).step == 1
    controls.send(Stop())
    with pytest.raises(StopIteration) as end:
        next(frames)
    (outcome,) = end.value.value
    assert (outcome.status, outcome.step) == ("stopped", 1)
    assert outcome.validation_loss is not None


def test_stop_while_paused_before_the_first_step():
    frames, (outcome,), _ = plain.run(plain.of({}), controls=Scripted([Stop()], paused=True))
    assert (frames, outcome.status, outcome.step) == ([], "stopped", 0)
