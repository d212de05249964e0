from hypothesis import given
from hypothesis import strategies as st

from gradtui.core.measured import protocol
from gradtui.core.measured.finding import Finding
from gradtui.core.measured.protocol import Sampled
from gradtui.worker.mailbox import MOST, BackendLost, Mailbox
from tests.worker.frames import sampled

LETTERS = st.lists(
    st.one_of(
        st.builds(lambda loss, lane: ("frame", loss, lane), st.floats(-1e6, 1e6), st.integers(0, 2)),
        st.just(("paused", 0.0, 0)),
    ),
    max_size=60,
)


@given(LETTERS, st.integers(1, 8))
def test_nothing_is_lost_however_long_nobody_looks(letters, capacity):
    mailbox = Mailbox(capacity)
    for step, (kind, loss, lane) in enumerate(letters, start=1):
        mailbox.put(sampled(1, step, loss, lane) if kind == "frame" else protocol.Paused(run=1, step=step))
    drained = mailbox.drain()

    paused = sum(kind == "paused" for kind, _, _ in letters)
    frames = [letter.frame for letter in drained if isinstance(letter, Sampled)]
    assert len(drained) - len(frames) == paused
    assert len(frames) <= capacity + 3 * (paused + 1)
    assert sum(frame.loss.count for frame in frames) == len(letters) - paused
    for lane in range(3):
        put = [loss for kind, loss, at in letters if kind == "frame" and at == lane]
        got = [frame for frame in frames if frame.lane == lane]
        if put:
            assert min(frame.loss.low for frame in got) == min(put)
            assert max(frame.loss.high for frame in got) == max(put)
            assert got[-1].loss.last == put[-1]
    assert mailbox.drain() == []


def test_findings_that_nobody_reads_take_the_place_of_older_ones():
    mailbox, last = Mailbox(capacity=16), 200
    for step in range(1, last + 1):
        for lane in range(2):
            assert mailbox.put(sampled(1, step, lane=lane))
            assert mailbox.put(protocol.Diagnosed(run=1, findings=(finding(step),), lane=lane))
    letters = mailbox.drain()
    assert len(letters) <= 20
    for lane in range(2):
        diagnosed = [letter for letter in letters if isinstance(letter, protocol.Diagnosed) and letter.lane == lane]
        assert diagnosed[-1].findings == (finding(last),)
        frames = [letter.frame for letter in letters if isinstance(letter, Sampled) and letter.frame.lane == lane]
        assert frames[-1].step == sum(frame.loss.count for frame in frames) == last


def test_what_is_too_much_is_not_taken_but_the_end_of_a_backend_always_is():
    mailbox = Mailbox()
    taken = [mailbox.put(protocol.Paused(run=1, step=step)) for step in range(MOST + 10)]
    assert taken == [True] * MOST + [False] * 10
    assert mailbox.put(BackendLost(-9, ())) and len(mailbox.drain()) == MOST + 1


def finding(step):
    return Finding(rule="a", severity="info", step=step, what="", evidence="", meaning="", source="")


def test_frames_do_not_merge_across_runs_or_other_reports():
    mailbox = Mailbox(capacity=1)
    mailbox.put(sampled(1, 1))
    mailbox.put(sampled(2, 1))
    mailbox.put(protocol.Paused(run=2, step=1))
    mailbox.put(sampled(2, 2))
    mailbox.put(sampled(2, 3))
    kinds = [(letter.type, getattr(letter, "run", None)) for letter in mailbox.drain()]
    assert kinds == [("sampled", 1), ("sampled", 2), ("paused", 2), ("sampled", 2)]
