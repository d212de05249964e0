from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from gradtui.core.experiments.experiment import experiment
from gradtui.core.measured import protocol, wire, work
from gradtui.core.measured.bounds import MOST
from gradtui.core.measured.finding import SEVERITIES, Finding, Fix
from gradtui.core.measured.hello import hello, stranger
from gradtui.core.measured.result import Result
from gradtui.core.text import printable
from tests.strategies import FINITE, NUMBERS, experiments, frames

WORDS = st.text(st.characters(codec="utf-8"))
COUNTS = st.integers(0, 2**53)
OPTIONAL = st.none() | NUMBERS
LIVE = st.booleans() | COUNTS | FINITE | WORDS

CELLS = st.text("0123456789abcdef", min_size=16, max_size=16)
ASSIGNED = st.builds(work.Assigned, cell=CELLS, experiment=experiments().map(lambda made: made.tables()))
RESULTS = st.builds(
    Result,
    cell=CELLS,
    status=st.sampled_from(["done", "failed"]),
    loss=OPTIONAL,
    curve=st.tuples(st.tuples(COUNTS, NUMBERS, OPTIONAL)),
)

HELLOS = st.builds(
    protocol.Hello, magic=st.just("gradtui"), protocols=st.tuples(COUNTS), version=WORDS, torch=WORDS, python=WORDS,
    features=st.tuples(WORDS),
)  # fmt: skip
COMMANDS: dict[type[protocol.Message], SearchStrategy[Any]] = {
    protocol.Hello: HELLOS,
    protocol.Start: st.builds(
        protocol.Start,
        run=COUNTS,
        experiments=st.tuples(experiments().map(lambda made: made.tables())),
        paused=st.booleans(),
        keep=st.none() | st.builds(protocol.Keep, place=WORDS, title=WORDS, preset=WORDS),
    ),
    protocol.Continue: st.builds(
        protocol.Continue, run=COUNTS, folder=WORDS, changes=st.dictionaries(WORDS, LIVE, max_size=2), paused=st.booleans()
    ),
    protocol.Pause: st.builds(protocol.Pause),
    protocol.Resume: st.builds(protocol.Resume),
    protocol.Advance: st.builds(protocol.Advance, steps=st.integers(1, 1_000_000)),
    protocol.Change: st.builds(protocol.Change, key=WORDS, value=LIVE),
    protocol.Stop: st.builds(protocol.Stop),
    work.Work: st.builds(work.Work, job=WORDS, cells=st.tuples(ASSIGNED), by=WORDS, halve=st.booleans()),
    work.Dropped: st.builds(work.Dropped, cells=st.tuples(CELLS)),
}
FINDINGS = st.builds(
    Finding,
    rule=WORDS,
    severity=st.sampled_from(SEVERITIES),
    step=COUNTS,
    what=WORDS,
    evidence=WORDS,
    meaning=WORDS,
    source=WORDS,
    layers=st.tuples(WORDS),
    fixes=st.tuples(st.builds(Fix, title=WORDS, reason=WORDS, set=st.dictionaries(WORDS, LIVE, max_size=2))),
    until=st.none() | COUNTS,
)
REPORTS: dict[type[protocol.Message], SearchStrategy[Any]] = {
    protocol.Hello: HELLOS,
    protocol.Ready: st.builds(protocol.Ready, torch=WORDS, devices=st.tuples(WORDS)),
    protocol.Started: st.builds(
        protocol.Started,
        run=COUNTS,
        device=WORDS,
        weights=COUNTS,
        layers=st.tuples(WORDS, WORDS),
        predicted=st.tuples(st.tuples(OPTIONAL, OPTIONAL)),
        time_steps=COUNTS,
        predicted_over_time=st.tuples(st.tuples(OPTIONAL, OPTIONAL)),
    ),
    protocol.Sampled: st.builds(protocol.Sampled, run=COUNTS, frame=frames()),
    protocol.Diagnosed: st.builds(protocol.Diagnosed, run=COUNTS, findings=st.tuples(FINDINGS), lane=st.integers(0, MOST - 1)),
    protocol.Paused: st.builds(protocol.Paused, run=COUNTS, step=COUNTS),
    protocol.Resumed: st.builds(protocol.Resumed, run=COUNTS, step=COUNTS),
    protocol.Changed: st.builds(protocol.Changed, run=COUNTS, step=COUNTS, key=WORDS, value=LIVE),
    protocol.Rejected: st.builds(protocol.Rejected, run=COUNTS, step=COUNTS, key=WORDS, reason=WORDS),
    protocol.Recording: st.builds(protocol.Recording, run=COUNTS, folder=WORDS, problem=WORDS),
    protocol.Continued: st.builds(
        protocol.Continued, run=COUNTS, step=COUNTS, promise=st.sampled_from(["exact", "close", "weights only"]), why=WORDS
    ),
    work.Working: st.builds(work.Working, job=WORDS, step=COUNTS, cells=st.tuples(st.tuples(CELLS, NUMBERS, OPTIONAL))),
    work.Finished: st.builds(work.Finished, job=WORDS, result=RESULTS),
    work.Worked: st.builds(work.Worked, job=WORDS, problem=WORDS, refused=st.booleans()),
    protocol.Ended: st.builds(
        protocol.Ended,
        run=COUNTS,
        status=st.sampled_from(["done", "stopped", "diverged"]),
        step=COUNTS,
        divergence=st.none()
        | st.builds(protocol.Divergence, step=COUNTS, layer=WORDS, what=st.sampled_from(["activation", "gradient", "loss"])),
        validation_loss=OPTIONAL,
        accuracy=OPTIONAL,
        validation_accuracy=OPTIONAL,
    ),
    protocol.Failed: st.builds(protocol.Failed, run=COUNTS, reason=WORDS, refused=st.booleans()),
}
SAMPLE = protocol.Started(run=1, device="cpu", weights=3, layers=("1", "out"), predicted=((1.0, None),)).line()


def test_every_message_is_tried() -> None:
    bases = (protocol.Message, protocol.Order, protocol.Reply)
    assert {*COMMANDS, *REPORTS} == {kind for base in bases for kind in base.__subclasses__()} - set(bases)


def test_who_speaks_no_protocol_of_ours_is_told_what_to_do() -> None:
    own = hello()
    assert stranger(own) == "" and own.python and own.torch
    assert stranger(wire.command(own.line())) == "" and stranger(wire.report(own.line())) == ""
    assert "speaks protocol 7, 8; this one speaks 1. Install one version" in stranger(own.model_copy(update={"protocols": (7, 8)}))
    assert stranger(own.model_copy(update={"protocols": (8, 1)})) == ""
    assert "another program, or older" in stranger(protocol.Ready(torch="2", devices=("cpu",)))
    with pytest.raises(wire.BrokenLine):
        wire.report(own.line().replace(b'"gradtui"', b'"gradtux"', 1))


@given(st.one_of(*COMMANDS.values()))
def test_a_command_comes_back_as_it_was(message: protocol.Command) -> None:
    again = wire.command(message.line())
    if isinstance(message, protocol.Start):
        assert isinstance(again, protocol.Start)
        assert [experiment(tables) for tables in again.experiments] == [experiment(tables) for tables in message.experiments]
        assert again.keep == message.keep
    elif isinstance(message, work.Work):
        assert isinstance(again, work.Work)
        assert [experiment(one.experiment) for one in again.cells] == [experiment(one.experiment) for one in message.cells]
    else:
        assert again == message


@given(st.one_of(*REPORTS.values()))
def test_a_report_comes_back_as_it_was_non_finite_numbers_too(message: protocol.Report) -> None:
    assert repr(wire.report(message.line())) == repr(message)


@given(st.one_of(*COMMANDS.values(), *REPORTS.values()))
def test_a_message_is_one_line_of_json_that_any_program_reads(message: protocol.Message) -> None:
    line = message.line()
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    assert json.loads(line, parse_constant=refuse)["type"] == message.model_dump()["type"]


def broken_or_message(line: bytes) -> None:
    for parse in (wire.command, wire.report):
        try:
            assert isinstance(parse(line), protocol.Message)
        except wire.BrokenLine as error:
            assert str(len(line)) in str(error)


@given(st.binary())
def test_any_bytes_are_a_message_or_a_broken_line(line: bytes) -> None:
    broken_or_message(line)


@given(st.integers(0, len(SAMPLE)), st.integers(0, 20), st.binary(max_size=10))
def test_a_damaged_line_is_a_message_or_a_broken_line(at: int, length: int, noise: bytes) -> None:
    broken_or_message(SAMPLE[:at] + noise + SAMPLE[at + length :])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | FINITE | WORDS, lambda inner: st.lists(inner) | st.dictionaries(WORDS, inner)
)


@given(
    st.sampled_from([*COMMANDS, *REPORTS]),
    st.dictionaries(st.sampled_from(["run", "frame", "step", "steps", "key", "layers"]), JSON),
)
def test_wrong_contents_are_a_message_or_a_broken_line(kind: type[protocol.Message], contents: dict[str, Any]) -> None:
    broken_or_message(json.dumps({"type": kind.model_fields["type"].default, **contents}).encode())


@pytest.mark.parametrize(
    "line", [b"", b"\n", b"[" * 100_000, b'{"type":"stop"', b'{"type":"ready"}', b'{"type":"advance","steps":0}']
)
def test_a_line_that_is_no_command_is_broken(line: bytes) -> None:
    with pytest.raises(wire.BrokenLine):
        wire.command(line)


@given(st.text(), st.text())
def test_words_of_a_backend_are_short_and_hold_nothing_that_a_terminal_obeys(reason: str, key: str) -> None:
    line = json.dumps({"type": "rejected", "run": 1, "step": 1, "key": key * 200, "reason": reason * 3000}).encode()
    if len(line) <= wire.LONGEST_LINE:
        rejected = wire.report(line)
        assert isinstance(rejected, protocol.Rejected)
        assert (rejected.key, rejected.reason) == (printable(key * 200, 100), printable(reason * 3000))


@given(st.lists(st.binary(max_size=12).map(lambda data: data.replace(b"\0", b"\n"))), st.integers(0, 6))
def test_lines_come_out_of_pieces_as_they_were_and_cut_where_they_are_too_long(pieces: list[bytes], longest: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wire, "LONGEST_LINE", longest)
        lines = wire.Lines()
        found = [line for piece in pieces for line in lines.whole(piece)]
    assert found == [line[: longest + 1] for line in b"".join(pieces).split(b"\n")[:-1]]


def test_a_divergence_says_where_and_when_in_words() -> None:
    made = [protocol.Divergence(step=3, layer="7", what=what) for what in ("gradient", "loss")]
    assert str(made[0]) == "the gradient of layer 7 was the first number that is not finite, at step 3"
    assert str(made[1]) == "the loss was the first number that is not finite, at step 3"
