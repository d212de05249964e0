"""The worker thread against small programs that stand in for the backend."""

import os
import signal
import sys
import threading
import time
import tracemalloc

import pytest

from gradtui.core.measured import protocol, wire
from gradtui.core.measured.hello import hello
from gradtui.worker.mailbox import MOST, BackendLost, Mailbox, Nonsense
from gradtui.worker.worker import Worker
from tests.worker.frames import sampled

DEADLINE = 30


GREETING = f"import os; os.write(1, {hello().line()!r})\n"
"""What every program says first that stands in for the backend."""


class Waiting(Mailbox):
    """A mailbox that tests can wait on."""

    def __init__(self):
        super().__init__()
        self.seen = []
        self.arrived = threading.Semaphore(0)

    def until(self, wanted):
        """Everything that came, once `wanted` holds for one of them."""
        end = time.monotonic() + DEADLINE
        while not any(map(wanted, self.seen)):
            assert time.monotonic() < end, f"never came; seen: {self.seen}"
            self.arrived.acquire(timeout=1)
            self.seen += self.drain()
        return self.seen

    def put(self, letter):
        if isinstance(letter, protocol.Hello):
            return True
        taken = super().put(letter)
        self.arrived.release()
        return taken


@pytest.fixture
def start():
    workers = []

    def begin(program):
        mailbox = Waiting()
        workers.append(Worker(mailbox, (sys.executable, "-c", GREETING + program)))
        return mailbox, workers[-1]

    yield begin
    for worker in workers:
        worker.close()


def is_lost(letter):
    return isinstance(letter, BackendLost)


def test_reports_arrive_as_they_were_sent_and_noise_is_survived(start):
    lines = [protocol.Ready(torch="2", devices=("cpu",)).line(), b"\xff not a message\n", sampled(1, 5, float("nan")).line()]
    mailbox, _ = start(f"import os; os.write(1, {b''.join(lines)!r}); import sys; sys.stdin.read()")
    ready, nonsense, frame = mailbox.until(lambda letter: isinstance(letter, protocol.Sampled))
    assert isinstance(ready, protocol.Ready) and frame.frame.loss.last != frame.frame.loss.last
    assert nonsense.what.startswith("a line of 15 bytes that is no message (") and nonsense.what.endswith("), which was left out")


def test_commands_reach_a_backend_that_was_not_ready_yet_in_order(start):
    echo = """
import sys
from gradtui.core.measured import protocol, wire
sys.stdin.buffer.readline()
for line in sys.stdin.buffer:
    step = wire.command(line).steps
    sys.stdout.buffer.write(protocol.Paused(run=1, step=step).line()); sys.stdout.buffer.flush()
"""
    mailbox, worker = start(echo)
    for steps in range(1, 2000):
        worker.send(protocol.Advance(steps=steps))
    letters = mailbox.until(lambda letter: letter.step == 1999)
    assert [letter.step for letter in letters] == list(range(1, 2000))


@pytest.mark.parametrize(
    ("program", "status"),
    [
        ("import sys; print('no GPU left', file=sys.stderr); sys.exit(7)", 7),
        ("import os, sys; print('no GPU left', file=sys.stderr); sys.stderr.flush(); os.kill(os.getpid(), 9)", -9),
    ],
)
def test_a_backend_that_dies_is_told_with_its_last_words(start, program, status):
    mailbox, _ = start(program)
    (lost,) = mailbox.until(is_lost)
    assert (lost.status, lost.lines) == (status, ("no GPU left",))


def test_last_words_cannot_hold_terminal_codes(start):
    mailbox, _ = start(r"import sys; sys.stderr.write('\x1b]52;c;aGk=\x07\x9b31mred\u202e\n'); sys.exit(1)")
    (lost,) = mailbox.until(is_lost)
    assert all(character.isprintable() for line in lost.lines for character in line)


def test_a_program_that_is_not_there_is_told(start):
    mailbox = Waiting()
    worker = Worker(mailbox, ("/no/such/python",))
    (lost,) = mailbox.until(is_lost)
    assert (lost.status, lost.lines) == (None, ("/no/such/python: No such file or directory",))
    worker.close()


def test_close_ends_even_a_backend_that_does_not_listen(start):
    mailbox, worker = start(
        "import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "from gradtui.core.measured import protocol; os.write(1, protocol.Paused(run=0, step=os.getpid()).line())\n"
        "while True: time.sleep(60)"
    )
    pid = mailbox.until(lambda letter: True)[0].step
    worker.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert not any(map(is_lost, mailbox.drain()))


def test_a_line_without_end_does_not_fill_the_memory_and_what_follows_it_arrives(start):
    ready = protocol.Ready(torch="2", devices=()).line()
    tracemalloc.start()
    try:
        mailbox, _ = start(f"import os\nfor _ in range(400): os.write(1, b'x' * 100_000)\nos.write(1, {b'x' + ready + ready!r})")
        nonsense, arrived = mailbox.until(lambda letter: isinstance(letter, protocol.Ready))[:2]
        assert tracemalloc.get_traced_memory()[1] < 8 * wire.LONGEST_LINE
    finally:
        tracemalloc.stop()
    assert nonsense == Nonsense(f"a line of more than {wire.LONGEST_LINE} bytes, which was left out")
    assert arrived.line() == ready


@pytest.mark.parametrize("line", [b"nonsense\n", b"\n", protocol.Paused(run=1, step=1).line()])
def test_a_backend_out_of_its_senses_is_ended(line):
    mailbox = Unread()
    worker = Worker(mailbox, (sys.executable, "-c", f"{GREETING}\nwhile True: os.write(1, {line * 1000!r})"))
    assert mailbox.over.wait(DEADLINE)
    *letters, nonsense, lost = mailbox.drain()
    assert nonsense == Nonsense("more than can be taken in, and was ended") and is_lost(lost)
    assert len(letters) <= MOST
    worker.close()


def test_a_backend_that_goes_on_complaining_with_its_output_closed_is_ended(start):
    mailbox, _ = start("import os\nos.close(1)\nwhile True: os.write(2, b'and another thing\\n')")
    (lost,) = mailbox.until(is_lost)
    assert set(lost.lines) == {"and another thing"}


class Unread(Mailbox):
    """A mailbox that nobody looks into until the backend is gone."""

    def __init__(self):
        super().__init__()
        self.over = threading.Event()

    def put(self, letter):
        taken = super().put(letter)
        if is_lost(letter):
            self.over.set()
        return taken


@pytest.mark.parametrize(
    "said", [protocol.Ready(torch="2", devices=("cpu",)).line(), hello().model_copy(update={"protocols": (99,)}).line()]
)
def test_a_backend_that_greets_otherwise_is_ended_and_told(said):
    mailbox = Waiting()
    worker = Worker(mailbox, (sys.executable, "-c", f"import os, time; os.write(1, {said!r}); time.sleep(99)"))
    nonsense, lost = mailbox.until(is_lost)
    assert nonsense.what.startswith("no greeting. The other side") and lost.status == -signal.SIGKILL
    worker.close()


def test_the_greeting_comes_first_and_commands_are_counted(start):
    told = """
import sys
from gradtui.core.measured import protocol, wire
for line in sys.stdin.buffer:
    told = wire.command(line)
    name = f"{told.type} {getattr(told, 'number', '')}"
    sys.stdout.buffer.write(protocol.Rejected(run=1, step=1, key="k", reason=name).line()); sys.stdout.buffer.flush()
"""
    mailbox, worker = start(told)
    worker.send(protocol.Pause())
    worker.send(protocol.Advance(steps=1))
    letters = mailbox.until(lambda letter: letter.reason.startswith("advance"))
    assert [letter.reason for letter in letters] == ["hello", "pause 1", "advance 2"]
