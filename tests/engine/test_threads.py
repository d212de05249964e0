"""The number of threads: the faster one is taken, and no bit of a run depends on it."""

import contextlib
import subprocess
import sys

import pytest
import torch

from gradtui.core.experiments.experiment import experiment
from gradtui.engine.training import threads
from gradtui.engine.training.stack import Step
from gradtui.engine.training.threads import Threads
from gradtui.engine.training.trainer import prepare
from tests.engine import plain

BATCH = torch.zeros(1, 8, 2), torch.zeros(1, 8)
SHORT = torch.zeros(1, 3, 2), torch.zeros(1, 3)


class Machine:
    """A stack whose passes take the seconds that `seconds` says by number of threads; `gradient` says what comes out."""

    def __init__(self, seconds, gradient=lambda count: 1.0):
        self.seconds, self.gradient = seconds, gradient
        self.now, self.asides, self.counts = 0.0, 0, []

    @contextlib.contextmanager
    def aside(self):
        self.asides += 1
        yield

    def differentiate(self, batch, sampled):
        count = torch.get_num_threads()
        self.counts.append(count)
        self.now += self.seconds[count]
        return Step(None, (torch.tensor([self.gradient(count)]),), [0.5], torch.tensor([1.0]))


@pytest.fixture
def machine(monkeypatch):
    """Makes a machine, which is the clock too; the threads of this process stay as they were."""
    before = torch.get_num_threads()

    def make(*arguments):
        made = Machine(*arguments)
        monkeypatch.setattr(threads.time, "perf_counter", lambda: made.now)
        return made

    yield make
    torch.set_num_threads(before)


def steps(passes, count, batch=BATCH):
    """What so many steps give, in which the usual number of threads is the rule outside of passes."""
    made = []
    for _ in range(count):
        made.append(passes.differentiate(batch, False))
        assert torch.get_num_threads() == passes._usual
    return made


def used(machine, passes, count=1, batch=BATCH):
    """The numbers of threads on which the passes of so many steps were made."""
    machine.counts.clear()
    steps(passes, count, batch)
    return machine.counts


@pytest.mark.parametrize(("usual", "other"), [(1, 2), (2, 1)])
@pytest.mark.parametrize(("share", "taken"), [(0.5, True), (0.9, False), (3.0, False)])
def test_the_clearly_faster_number_is_taken(machine, usual, other, share, taken):
    made = machine({usual: 1.0, other: share})
    passes = Threads(made, usual, other)
    steps(passes, 100)
    assert used(made, passes) == [other if taken else usual]


def test_a_short_run_is_made_as_usual_and_only_a_few_passes_are_made_twice(machine):
    made = machine({1: 1.0, 2: 0.5})
    passes = Threads(made, 1, 2)
    assert used(made, passes, 19) == [1] * 19
    steps(passes, 1000)
    assert made.asides == 5


def test_batches_of_another_size_are_made_as_usual(machine):
    made = machine({1: 1.0, 2: 0.5})
    passes = Threads(made, 1, 2)
    steps(passes, 100)
    assert used(made, passes) == [2] and used(made, passes, batch=SHORT) == [1]


@pytest.mark.parametrize("gradient", [lambda count: 1.0 + count * 2**-23, lambda count: float("nan") if count == 2 else 1.0])
def test_a_number_that_gives_other_bits_is_never_taken(machine, gradient):
    made = machine({1: 1.0, 2: 0.1}, gradient)
    passes = Threads(made, 1, 2)
    assert {step.gradients[0].item() for step in steps(passes, 100)} == {gradient(1)}
    assert used(made, passes, 100) == [1] * 100 and made.asides == 1


def test_lanes_that_are_lost_are_no_reason_against_it(machine):
    made = machine({1: 1.0, 2: 0.1}, lambda count: float("nan"))
    passes = Threads(made, 1, 2)
    steps(passes, 100)
    assert used(made, passes) == [2]


def test_it_is_tried_again_where_steps_take_another_time_and_not_otherwise(machine):
    made = machine({1: 1.0, 2: 0.5})
    passes = Threads(made, 1, 2)
    steps(passes, 1000)
    made.seconds = {1: 1.2, 2: 0.6}
    steps(passes, 1000)
    assert made.asides == 5
    made.seconds = {1: 1.5, 2: 6.0}  # the other core has got something else to do
    steps(passes, 100)
    assert used(made, passes) == [1] and made.asides == 10
    made.seconds = {1: 1.0, 2: 0.5}
    steps(passes, 1000)
    assert used(made, passes) == [2] and made.asides == 15


def test_looks_that_find_nothing_new_become_rare(machine):
    made = machine({1: 1.0, 2: 5.0})
    passes = Threads(made, 1, 2)
    for at in range(200):
        made.seconds = {1: 4.0 ** (at % 3), 2: 5 * 4.0 ** (at % 3)}
        steps(passes, 20 * (1 + at % 5))
    assert 5 <= made.asides <= 5 * 20


LARGE = {
    "mlp": {"network": {"depth": 2, "width": 256}, "task": {"name": "digits"}, "run": {"batch_size": 256}},
    "batch norm": {"network": {"depth": 2, "width": 256, "normalization": "batch"}, "task": {"name": "digits"}},
    "cnn": {"network": {"family": "cnn", "depth": 2, "width": 32}, "task": {"name": "digits"}},
    "lstm": {"network": {"family": "lstm", "width": 64}, "task": {"name": "adding", "length": 20, "samples": 640}},
}


@pytest.mark.parametrize(("turns", "faster"), [(10**9, 0.0), (2, 1e9)], ids=["trying", "taken"])
@pytest.mark.parametrize("tables", LARGE.values(), ids=LARGE)
def test_a_run_that_tries_numbers_of_threads_has_the_bits_of_one_that_does_not(tables, turns, faster, monkeypatch):
    made = experiment({**tables, "run": {"batch_size": 64, **tables.get("run", {}), "steps": 40, "device": "cpu"}})
    monkeypatch.setattr(threads, "ALL", 2)
    monkeypatch.setattr(threads, "_FASTER", faster)
    monkeypatch.setattr(threads, "_TURNS", turns)
    tried, outcome, stack = plain.run(made)
    monkeypatch.setattr(threads, "_MAYBE", 1e18)
    whole, expected, untouched = plain.run(made)
    assert torch.equal(stack.storage.weights, untouched.storage.weights)
    assert outcome == expected
    assert [timeless(frame) for frame in tried] == [timeless(frame) for frame in whole]


def timeless(frame):
    return frame.model_copy(update={"steps_per_second": None})


def test_a_run_says_on_how_many_threads_its_numbers_are_made(monkeypatch):
    monkeypatch.setattr(threads, "ALL", 7)
    small, large = (prepare([plain.of({"run": {"device": "cpu"}})]), prepare([experiment(LARGE["mlp"])]))
    assert (small.started().threads, large.started().threads) == (1, 7)


LOOK = """
import os, sys
class Look:
    def find_spec(self, name, *rest):
        if name == "torch":
            print(os.environ.get("GOMP_SPINCOUNT"), file=sys.stderr)
            os._exit(0)
sys.meta_path.insert(0, Look())
"""


@pytest.mark.parametrize(
    "start",
    [
        "from gradtui.backend.serving import main; main()",
        "from gradtui.commands.main import main; main(['run', 'tutorial'])",
        "from gradtui.commands.main import main; main(['verify', 'tutorial'])",
    ],
)
@pytest.mark.parametrize(("given", "seen"), [({}, "1000"), ({"GOMP_SPINCOUNT": "7"}, "7"), ({"OMP_WAIT_POLICY": "active"}, "None")])
def test_openmp_is_told_not_to_spin_before_pytorch_is_loaded(start, given, seen):
    with subprocess.Popen(
        [sys.executable, "-c", LOOK + start],
        env=given,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr.read().split() == [seen]
