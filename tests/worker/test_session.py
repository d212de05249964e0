import pytest

from gradtui.core.experiments.experiment import InvalidExperiment, experiment
from gradtui.core.measured import protocol
from gradtui.core.measured.finding import Fix, in_force
from gradtui.core.presets.preset import Preset
from gradtui.worker.mailbox import BackendLost
from gradtui.worker.phase import Phase
from gradtui.worker.session import Session
from tests.worker.frames import RecordingBackend, sampled
from tests.worker.sessions import FINDING, FIX, PRESET, STARTED, run_of, session, training


def test_space_starts_pauses_and_goes_on():
    lab, backend = training()
    assert lab.phase is Phase.RUNNING
    lab.toggle()
    lab.receive(protocol.Paused(run=run_of(backend), step=3))
    lab.toggle()
    assert [command.type for command in backend.commands] == ["start", "pause", "resume"]


def test_a_live_change_goes_to_the_run_and_undo_takes_it_back():
    lab, backend = training()
    lab.change({"optimizer.learning_rate": 0.5})
    lab.undo()
    sent = [(command.key, command.value) for command in backend.commands if isinstance(command, protocol.Change)]
    assert sent == [("optimizer.learning_rate", 0.5), ("optimizer.learning_rate", 0.01)]
    assert not lab.stale and lab.run.experiment == PRESET.experiment


def test_another_schedule_goes_to_the_run_alone_and_what_it_brings_follows_where_it_differs():
    lab, backend = training()
    lab.change({"schedule.name": "cosine"})
    lab.change({"schedule.name": "step", "schedule.gamma": 0.5})
    lab.undo()
    sent = [(command.key, command.value) for command in backend.commands if isinstance(command, protocol.Change)]
    names = ["cosine", "step", "cosine"]
    assert sent == [("schedule.name", names[0]), ("schedule.name", names[1]), ("schedule.gamma", 0.5), ("schedule.name", names[2])]
    assert not lab.stale and lab.run.experiment == lab.experiment
    lab.receive(protocol.Changed(run=run_of(backend), step=7, key="schedule.name", value="cosine"))
    assert [(change.step, change.key, change.value) for change in lab.run.changes] == [(7, "schedule.name", "cosine")]


def test_values_that_only_fit_together_need_another_run():
    lab, backend = session()
    lab.change({"schedule.name": "cosine", "schedule.period": 2000})
    lab.toggle()
    lab.receive(protocol.Started(run=run_of(backend), **STARTED))
    lab.change({"schedule.warmup": 100, "schedule.period": 1900})
    assert lab.stale and backend.commands[-1].type == "pause"


def test_another_optimizer_still_needs_another_run():
    lab, backend = training()
    lab.change({"optimizer.name": "sgd"})
    assert lab.stale and backend.commands[-1].type == "pause"


def test_a_change_that_needs_another_network_pauses_and_space_starts_from_step_0():
    lab, backend = training()
    lab.change({"network.depth": 7})
    assert lab.stale and backend.commands[-1].type == "pause"
    lab.receive(sampled(run_of(backend), 12))
    lab.receive(protocol.Paused(run=run_of(backend), step=12))
    lab.toggle()
    start = backend.commands[-1]
    assert start.experiments[0]["network"]["depth"] == 7
    assert (lab.run.step, len(lab.run.history.loss), lab.stale) == (0, 0, False)


def test_undoing_such_a_change_lets_the_run_go_on():
    lab, backend = training()
    lab.change({"network.depth": 7})
    lab.receive(protocol.Paused(run=run_of(backend), step=12))
    lab.undo()
    lab.toggle()
    assert backend.commands[-1].type == "resume"


def test_rewind_starts_the_same_experiment_and_waits():
    lab, backend = training()
    lab.receive(sampled(run_of(backend), 12))
    lab.rewind()
    assert backend.commands[-1].paused and lab.run.step == 0
    lab.receive(protocol.Started(run=run_of(backend), **STARTED))
    assert lab.phase is Phase.PAUSED


def test_reports_of_an_older_run_change_nothing():
    lab, backend = training()
    old = run_of(backend)
    lab.rewind()
    lab.receive(sampled(old, 99))
    lab.receive(protocol.Ended(run=old, status="stopped", step=99))
    assert (lab.run.step, lab.phase) == (0, Phase.STARTING)


def test_a_lost_backend_is_told_and_the_next_start_gets_another():
    backends = []

    def connect():
        backends.append(RecordingBackend())
        return backends[-1]

    lab = Session(PRESET, connect)
    lab.toggle()
    lab.receive(BackendLost(-9, ("CUDA error",)))
    assert lab.phase is Phase.FAILED and "signal 9" in lab.notice and "CUDA error" in lab.notice
    lab.toggle()
    assert len(backends) == 2 and backends[1].commands[0].type == "start"


def test_a_backend_that_cannot_be_started_is_told_as_that():
    lab, _ = session()
    lab.toggle()
    lab.receive(BackendLost(None, ("/no/such/python: No such file or directory",)))
    assert lab.notice == "The backend could not be started. Space tries again. /no/such/python: No such file or directory"
    assert lab.phase is Phase.FAILED


def test_a_wrong_value_changes_nothing():
    lab, _ = training()
    before = lab.experiment
    with pytest.raises(InvalidExperiment):
        lab.change({"optimizer.learning_rate": -1.0})
    assert lab.experiment is before and not lab.undo()


def test_a_fix_starts_from_step_0_with_the_old_run_beside_it_and_keep_forgets_that():
    lab, backend = training()
    old = run_of(backend)
    lab.receive(sampled(old, 4))
    lab.receive(protocol.Diagnosed(run=old, findings=(FINDING,)))
    history = lab.run.history
    lab.try_fix(FIX)
    assert lab.phase is Phase.STARTING and lab.run.step == 0 and lab.run.findings == ()
    started = backend.commands[-1]
    assert isinstance(started, protocol.Start) and not started.paused
    assert experiment(started.experiments[0]) == PRESET.experiment.changed(FIX.set)
    assert lab.before is not None and lab.before.history is history and lab.before.step == 4 and lab.before.findings == (FINDING,)
    lab.receive(sampled(old, 5))
    assert lab.run.step == 0 and lab.before.history.newest.step == 4
    lab.keep()
    assert lab.before is None and lab.run.experiment.optimizer.name == "adam"
    lab.undo()
    assert lab.before is not None and lab.run.experiment.optimizer.name == "adam"
    lab.undo()
    assert lab.experiment == lab.run.experiment == PRESET.experiment and lab.run.history is history and not lab.stale


def test_discard_shows_the_old_run_as_it_was_and_space_starts_it_anew():
    lab, backend = training()
    old = run_of(backend)
    lab.receive(sampled(old, 4))
    lab.receive(protocol.Changed(run=old, step=4, key="optimizer.learning_rate", value=0.5))
    lab.receive(protocol.Diagnosed(run=old, findings=(FINDING,)))
    kept = lab.experiment, lab.run
    lab.try_fix(FIX)
    new = run_of(backend)
    lab.receive(protocol.Started(run=new, **STARTED))
    lab.discard()
    lab.receive(sampled(new, 9))
    assert (lab.experiment, lab.run) == kept
    assert lab.before is None and not lab.stale and isinstance(backend.commands[-1], protocol.Stop)
    lab.toggle()
    assert isinstance(backend.commands[-1], protocol.Start) and lab.run.step == 0


def test_discard_brings_back_how_a_run_ended_and_fixes_are_discarded_one_by_one():
    lab, backend = training()
    divergence = protocol.Divergence(step=3, layer="1", what="gradient")
    lab.receive(protocol.Ended(run=run_of(backend), status="diverged", step=3, divergence=divergence))
    notice = lab.notice
    lab.try_fix(FIX)
    lab.try_fix(Fix(title="Slower", reason="", set={"optimizer.learning_rate": 0.5}))
    assert lab.notice == "" and lab.run.experiment.optimizer.learning_rate == 0.5
    lab.discard()
    assert lab.run.experiment.optimizer.name == "adam" and lab.before is not None and lab.phase is Phase.READY
    lab.discard()
    assert (lab.phase, lab.notice, lab.experiment) == (Phase.DIVERGED, notice, PRESET.experiment)
    lab.discard()
    assert lab.phase is Phase.DIVERGED


def test_a_fix_that_cannot_be_changes_nothing():
    lab, backend = training()
    sent = len(backend.commands)
    with pytest.raises(InvalidExperiment):
        lab.try_fix(Fix(title="", reason="", set={"network.depth": -1}))
    assert lab.before is None and lab.phase is Phase.RUNNING and len(backend.commands) == sent


def test_findings_in_force_are_the_worst_first_and_of_equals_the_oldest():
    def made(severity, step, until=None):
        return FINDING.model_copy(update={"severity": severity, "step": step, "until": until})

    found = [made("info", 1), made("warning", 9), made("warning", 3), made("critical", 20), made("critical", 2, until=10)]
    assert [f.step for f in in_force(found)] == [20, 3, 9, 1]
    assert [f.step for f in in_force(found, 9)] == [2, 3, 9, 1]
    assert [f.step for f in in_force(found, 10)] == [3, 9, 1]


OTHER = Preset(title="Other", experiment=experiment({"network": {"depth": 3}}))


def test_undo_brings_the_run_back_that_a_preset_took_the_place_of():
    lab, backend = training()
    lab.receive(sampled(run_of(backend), 4))
    run = lab.run
    lab.load(OTHER)
    assert lab.run.step == 0 and lab.experiment == OTHER.experiment and isinstance(backend.commands[-1], protocol.Stop)
    assert lab.undo() is not None
    assert (lab.preset, lab.experiment, lab.run, lab.phase) == (PRESET, PRESET.experiment, run, Phase.READY)


def test_undo_brings_a_rewound_run_back_but_none_that_had_made_no_step():
    lab, backend = training()
    lab.rewind()
    lab.receive(protocol.Started(run=run_of(backend), **STARTED))
    lab.receive(sampled(run_of(backend), 4))
    lab.receive(protocol.Ended(run=run_of(backend), status="done", step=4))
    done = lab.run
    lab.rewind()
    lab.change({"network.depth": 7})
    lab.undo()
    assert lab.run is not done and not lab.stale
    lab.undo()
    assert lab.run is done and lab.phase is Phase.DONE
    assert lab.undo() is None and not lab.moments


def done(steps):
    lab, backend = training()
    lab.change({"run.steps": steps})
    lab.receive(sampled(run_of(backend), steps))
    lab.receive(protocol.Ended(run=run_of(backend), status="done", step=steps))
    return lab, backend


def test_space_lets_a_run_that_is_done_go_on_for_as_many_steps_again():
    lab, backend = done(4)
    history = lab.run.history
    lab.toggle()
    change, resume = backend.commands[-2:]
    assert (change.key, change.value, resume.type) == ("run.steps", 8, "resume")
    assert lab.run.history is history and lab.run.ended is None and lab.experiment.run.steps == 8 and not lab.stale
    lab.receive(protocol.Resumed(run=run_of(backend), step=4))
    assert lab.phase is Phase.RUNNING


def test_more_steps_in_the_forms_let_it_go_on_and_what_needs_another_network_does_not():
    lab, backend = done(4)
    lab.change({"run.steps": 6, "optimizer.learning_rate": 0.5})
    assert lab.stale and lab.onward == lab.experiment
    lab.change({"network.depth": 2})
    assert lab.onward is None
    lab.undo()
    lab.toggle()
    assert {command.key: command.value for command in backend.commands[-3:-1]} == {"run.steps": 6, "optimizer.learning_rate": 0.5}


def test_a_run_that_was_brought_back_starts_anew():
    lab, backend = done(4)
    lab.load(OTHER)
    lab.undo()
    assert lab.phase is Phase.DONE and lab.onward is None
    lab.toggle()
    assert isinstance(backend.commands[-1], protocol.Start)
