"""The backend as a process of its own, spoken to through its pipes."""

import itertools
import os
import select
import selectors
import signal
import subprocess
import sys
import time

import pytest

from gradtui.core.experiments.experiment import experiment
from gradtui.core.measured import protocol, wire
from gradtui.core.measured.hello import hello
from tests.engine import plain

COMMAND = (sys.executable, "-P", "-m", "gradtui.backend")
DEADLINE = 60


class Backend:
    """A backend process, and every report it has made."""

    def __init__(self, command=COMMAND):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0, start_new_session=True
        )
        self._piece, self._reports = b"", []
        self.process.stdin.write(hello().line())
        self._end = time.monotonic() + DEADLINE

    def send(self, *commands):
        for command in commands:
            self.process.stdin.write(command if isinstance(command, bytes) else command.line())

    def until(self, *kinds):
        """Reports up to the next one of these kinds."""
        seen = []
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while True:
                while self._reports:
                    seen.append(self._reports.pop(0))
                    if seen[-1].type in kinds:
                        return seen
                assert selector.select(self._end - time.monotonic()), f"no {kinds} came; {len(seen)} reports did: {seen[-3:]}"
                data = os.read(self.process.stdout.fileno(), 1 << 16)
                assert data, "the backend ended"
                *lines, self._piece = (self._piece + data).split(b"\n")
                self._reports += [told for told in map(wire.report, lines) if told.type != "hello"]

    def close(self):
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            stream.close()


@pytest.fixture(scope="module")
def shared():
    """One backend for everything that leaves it alive."""
    backend = Backend()
    assert backend.until("ready")[0].torch
    yield backend
    backend.close()


@pytest.fixture
def backend(shared):
    shared._end = time.monotonic() + DEADLINE
    return shared


@pytest.fixture
def fresh():
    backend = Backend()
    yield backend
    backend.close()


def start(number, /, paused=False, **tables):
    return protocol.Start(run=number, experiments=(plain.of(tables).tables(),), paused=paused)


def gone(pid):
    """Wait until a process is no more, or only waits for its parent's attention."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    ended = select.select([process], [], [], DEADLINE)[0]
    os.close(process)
    return bool(ended)


def test_a_run_from_start_to_end(backend):
    backend.send(start(1, run={"steps": 300}))
    started, *reports, ended = backend.until("ended", "failed")
    sampled = [report for report in reports if report.type == "sampled"]
    assert (started.type, started.layers, started.device) == ("started", ("1", "2", "3", "out"), "cpu")
    assert started.predicted[0][-2:] == (1.0, None)
    assert {report.type for report in reports} <= {"sampled", "diagnosed"}
    assert sum(report.frame.loss.count for report in sampled) == 300, "merged frames still count every step"
    assert (ended.status, ended.step, sampled[-1].frame.step) == ("done", 300, 300)
    (expected,) = plain.run(plain.of({}, run={"steps": 300}))[1]
    assert ended.validation_loss == expected.validation_loss


def test_commands_reach_the_run_in_order(backend):
    backend.send(start(2, paused=True, run={"steps": 100_000_000}))
    assert [report.type for report in backend.until("paused")] == ["started", "paused"]
    backend.send(protocol.Advance(steps=3))
    seen = backend.until("paused")
    assert seen[-1].step == 3
    assert sum(report.frame.loss.count for report in seen if report.type == "sampled") == 3
    backend.send(protocol.Change(key="optimizer.learning_rate", value=0.5), protocol.Change(key="run.seed", value=1))
    assert [report.type for report in backend.until("rejected")] == ["changed", "rejected"]
    backend.send(protocol.Resume())
    assert backend.until("sampled")[0].type == "resumed"
    backend.send(protocol.Pause())
    assert backend.until("paused")[-1].step > 3
    backend.send(protocol.Stop())
    assert backend.until("ended")[-1].status == "stopped"


def test_a_new_run_ends_the_old_one(backend):
    backend.send(start(3, run={"steps": 100_000_000}))
    backend.until("sampled")
    backend.send(start(4, run={"steps": 20}))
    ends = [backend.until("ended")[-1], backend.until("ended")[-1]]
    assert [(end.run, end.status) for end in ends] == [(3, "stopped"), (4, "done")]


def test_every_lane_has_an_end_of_its_own(backend):
    tables = {"network": {"activation": "linear"}, "task": {"name": "sine"}, "run": {"steps": 40}}
    lanes = tuple(plain.of(tables, optimizer={"name": "sgd", "learning_rate": rate}).tables() for rate in (0.01, 1000.0, 0.02))
    backend.send(protocol.Start(run=7, experiments=lanes))
    ends = [backend.until("ended", "failed")[-1] for _ in lanes]
    assert [(end.lane, end.status) for end in ends] == [(0, "done"), (1, "diverged"), (2, "done")]
    assert ends[0].step == ends[2].step == 40 and ends[1].step == ends[1].divergence.step < 40


def test_divergence_is_an_ordinary_end(backend):
    network = {"depth": 30, "activation": "relu", "initialization": "normal", "std": 10.0}
    backend.send(start(5, network=network, run={"steps": 100}))
    *reports, ended = backend.until("ended")
    last = [report for report in reports if report.type == "sampled"][-1]
    assert ended.status == "diverged" and ended.divergence.what == "activation"
    assert last.frame.step == ended.step and last.frame.loss.last != last.frame.loss.last


def test_what_cannot_be_is_refused_and_the_backend_stays(backend):
    wrong = protocol.Start(run=6, experiments=({"network": {"depth": 0}},))
    backend.send(wrong, start(7, network={"depth": 200, "width": 4096}, task={"samples": 1_000_000}, run={"batch_size": 0}))
    for words in ("depth", "needs at least"):
        (failed,) = backend.until("failed")
        assert failed.refused and words in failed.reason
    backend.send(b"no json\n", b'{"type": "dance"}\n', b"\xff\n", b'{"type":"pause"}\n', start(8, run={"steps": 5}))
    assert backend.until("ended", "failed")[-1].status == "done"


def test_an_interrupt_of_the_terminal_is_not_the_backends_business(backend):
    backend.send(start(9, run={"steps": 100_000_000}))
    backend.until("sampled")
    os.kill(backend.process.pid, signal.SIGINT)
    backend.send(protocol.Stop())
    assert backend.until("ended")[-1].status == "stopped"


def test_training_does_not_wait_for_a_slow_reader(backend):
    """Nobody reads while a pipe's worth of frames is made: the run ends all the same, and what comes then is whole."""
    network = {"depth": 100, "width": 4}
    backend.send(start(10, network=network, run={"steps": 800, "batch_size": 4}))
    backend.until("started")
    ticks = os.sysconf("SC_CLK_TCK")

    def used():
        with open(f"/proc/{backend.process.pid}/stat") as file:
            return sum(int(field) for field in file.read().rsplit(")", 1)[1].split()[11:13]) / ticks

    idle, before = 0, used()
    while idle < 30:  # the process stops using the processor when the run is over
        time.sleep(0.02)
        idle, before = (idle + 1, before) if used() == before else (0, used())
    *reports, ended = backend.until("ended")
    sampled = [report for report in reports if report.type == "sampled"]
    assert ended.status == "done" and ended.step == 800
    assert sum(report.frame.loss.count for report in sampled) == 800
    assert sampled[-1].frame.step == 800


def test_it_ends_with_its_input_in_the_middle_of_a_run(fresh):
    fresh.until("ready")
    fresh.send(start(1, network={"depth": 50, "width": 512}, run={"steps": 100_000_000, "batch_size": 0}))
    fresh.until("started")
    fresh.process.stdin.close()
    assert fresh.process.wait(DEADLINE) == 0


def test_it_ends_with_its_input_before_torch_is_loaded(fresh):
    fresh.process.stdin.close()
    assert fresh.process.wait(DEADLINE) == 0


def test_it_ends_with_its_parent():
    """The parent is killed, so that nothing of it can clean up."""
    program = (
        "import subprocess, sys, time\n"
        f"child = subprocess.Popen({list(COMMAND)!r}, stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n"
        "child.stdout.readline()\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    assert gone(pid)


def test_prints_do_not_reach_the_pipe():
    noisy = (
        "import os\n"
        "from gradtui.backend import serving\n"
        "serve = serving._serve\n"
        "def stray(*arguments):\n"
        "    print('stray', flush=True)\n"
        "    os.write(1, b'stray too')\n"
        "    serve(*arguments)\n"
        "serving._serve = stray\n"
        "serving.main()\n"
    )
    fresh = Backend((sys.executable, "-c", noisy))
    assert fresh.until("ready")[0].torch
    fresh.process.stdin.close()
    assert b"stray" in fresh.process.stderr.read()
    fresh.close()


def test_an_experiment_survives_the_pipe():
    made = plain.of({"optimizer": {"name": "adam", "betas": (0.8, 0.9)}})
    assert experiment(wire.command(protocol.Start(run=1, experiments=(made.tables(),)).line()).experiments[0]) == made


def test_findings_come_with_the_frames_that_show_them(backend):
    network = {"depth": 20, "activation": "sigmoid", "initialization": "xavier-normal"}
    backend.send(start(11, network=network, run={"steps": 50}))
    told = [report for report in backend.until("ended") if report.type == "diagnosed"]
    assert told[0].run == 11 and told[0].findings[0].rule == "vanishing-gradients"
    assert told[0].findings[0].fixes[0].set["network.activation"] == "relu"


def test_a_run_that_is_done_goes_on_when_it_gets_more_steps(shared):
    made = experiment({"network": {"depth": 2, "width": 4}, "run": {"steps": 15}})
    shared.send(protocol.Start(run=71, experiments=(made.tables(),)))
    assert shared.until("ended")[-1].step == 15
    shared.send(protocol.Resume(), protocol.Change(key="run.steps", value=40))
    seen = shared.until("ended")
    assert [report.type for report in seen if report.type in ("changed", "resumed")] == ["resumed", "changed"]
    assert seen[-1].step == 40 and seen[-1].run == 71
    shared.send(protocol.Start(run=72, experiments=(made.tables(),)))
    assert shared.until("ended")[-1].run == 72


def test_replies_name_the_commands_that_they_answer(backend):
    number = itertools.count(40)
    commands = [
        start(9, paused=True, run={"steps": 100_000_000}),
        protocol.Advance(steps=1),
        protocol.Change(key="optimizer.learning_rate", value=0.5),
        protocol.Change(key="optimizer.learning_rate", value=-1.0),
        protocol.Resume(),
        protocol.Pause(),
    ]
    seen = []
    for command in commands:
        backend.send(command.model_copy(update={"number": next(number)}))
        if isinstance(command, protocol.Start | protocol.Advance | protocol.Pause):
            seen += backend.until("paused")
    answers = [(report.type, report.answers) for report in seen if isinstance(report, protocol.Reply)]
    assert answers == [
        *(("started", 40), ("paused", 0), ("paused", 41), ("changed", 42), ("rejected", 43), ("resumed", 44), ("paused", 45)),
    ]
    backend.send(protocol.Stop())
    backend.until("ended")


@pytest.mark.parametrize("said", [protocol.Stop().line(), hello().model_copy(update={"protocols": (99,)}).line()])
def test_a_backend_ends_where_nobody_greets_it_in_its_protocol(said):
    told = subprocess.run(COMMAND, input=said, capture_output=True, check=False, timeout=DEADLINE)
    assert told.returncode == 0 and b"gradtui backend: The other side" in told.stderr
