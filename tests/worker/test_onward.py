"""Recorded runs that go on in the Lab where they were left."""

import pytest

from gradtui.core.measured import protocol
from gradtui.core.measured.run import Run
from gradtui.worker.mailbox import BackendLost
from gradtui.worker.phase import Phase
from tests.worker.frames import sampled
from tests.worker.sessions import PRESET, STARTED, run_of, session, training


def left(step=30, steps=100, ended=None, folder="/runs/left"):
    """A session that shows a recorded run as it was left."""
    lab, backend = session()
    run = Run(PRESET.experiment.changed({"run.steps": steps}), folder=folder)
    run = run.after(protocol.Started(run=0, **STARTED)).after(sampled(0, step))
    if ended:
        run = run.after(protocol.Ended(run=0, step=step, status=ended))
    lab.load(PRESET, run)
    return lab, backend


@pytest.mark.parametrize("ended", [None, "stopped"])
def test_space_goes_on_with_a_recorded_run_that_was_left(ended):
    lab, backend = left(ended=ended)
    lab.toggle()
    (command,) = backend.commands
    assert isinstance(command, protocol.Continue) and (command.folder, command.changes, command.paused) == ("/runs/left", {}, False)
    assert lab.phase is Phase.STARTING
    lab.receive(protocol.Continued(run=command.run, step=30, promise="exact"))
    assert lab.phase is Phase.RUNNING and len(lab.run.history.loss) == 1
    lab.receive(sampled(command.run, 40))
    assert lab.run.step == 40 and len(lab.run.history.loss) == 2


def test_a_recorded_run_that_is_done_trains_on_with_as_many_steps_again():
    lab, backend = left(100, 100, "done")
    lab.toggle()
    assert backend.commands[-1].changes == {"run.steps": 200} and lab.experiment.run.steps == 200


def test_live_changes_go_with_it_and_others_start_anew():
    lab, backend = left()
    lab.change({"optimizer.learning_rate": 0.5})
    lab.toggle()
    assert backend.commands[-1].changes == {"optimizer.learning_rate": 0.5} and not lab.stale
    lab, backend = left()
    lab.change({"network.depth": 3})
    lab.toggle()
    assert isinstance(backend.commands[-1], protocol.Start)


def test_a_step_goes_on_and_waits():
    lab, backend = left()
    lab.advance(1)
    assert [command.type for command in backend.commands] == ["continue", "advance"] and backend.commands[0].paused


@pytest.mark.parametrize("told", [{"ended": "diverged"}, {"folder": ""}])
def test_a_lost_run_and_one_that_is_not_recorded_start_anew(told):
    lab, backend = left(**told)
    lab.toggle()
    assert isinstance(backend.commands[-1], protocol.Start)


def test_frames_that_are_not_part_of_a_run_that_goes_on_go():
    lab, backend = left()
    lab.toggle()
    lab.receive(protocol.Continued(run=backend.commands[-1].run, step=20, promise="weights only", why="the rest is damaged"))
    assert lab.run.step == 20 and len(lab.run.history.loss) == 0
    lab.receive(sampled(backend.commands[-1].run, 25))
    assert lab.run.step == 25 and not lab.notice


def test_a_recorded_run_of_a_backend_that_ended_goes_on_from_its_folder():
    lab, backend = training()
    run = run_of(backend)
    lab.receive(protocol.Recording(run=run, folder="/runs/mine"))
    lab.receive(sampled(run, 10))
    lab.receive(BackendLost(status=-9, lines=()))
    lab.toggle()
    assert isinstance(backend.commands[-1], protocol.Continue) and backend.commands[-1].folder == "/runs/mine"
