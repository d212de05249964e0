"""Lines that a hostile backend may send: each is refused in a few words, at little cost."""

from __future__ import annotations

import tracemalloc

import pytest

from gradtui.core.measured.wire import LONGEST_LINE, BrokenLine, report

_ROOM = LONGEST_LINE - 1000


def listed(item: str) -> str:
    """A list as long as a line has room for."""
    return "[" + ",".join([item] * (_ROOM // (len(item) + 1))) + "]"


def named(item: str) -> str:
    """A table as long as a line has room for."""
    return "{" + ",".join(f'"{at}":{item}' for at in range(_ROOM // (len(item) + 10))) + "}"


def started(layers: str = "[]", predicted: str = "[]") -> str:
    return f'{{"type":"started","run":1,"device":"cpu","weights":1,"layers":{layers},"predicted":{predicted}}}'


def sampled(layers: str = "{}", lane: int = 0) -> str:
    spread = '{"last":1,"low":1,"mean":1,"high":1}'
    return (
        f'{{"type":"sampled","run":1,"frame":{{"step":1,"lane":{lane},"loss":{spread},"gradient_norm":{spread},'
        f'"learning_rate":1,"layers":{layers}}}}}'
    )


def finding(changes: str = "{}") -> str:
    return (
        '{"rule":"a","severity":"info","step":1,"what":"","evidence":"","meaning":"","source":"",'
        f'"fixes":[{{"title":"","reason":"","set":{changes}}}]}}'
    )


def diagnosed(findings: str) -> str:
    return f'{{"type":"diagnosed","run":1,"findings":{findings}}}'


def changed(value: str) -> str:
    return f'{{"type":"changed","run":1,"step":1,"key":"a","value":{value}}}'


LINES = {
    "names": started(listed('""')),
    "numbers for names": started(listed("1")),
    "lanes": started(predicted=listed("[]")),
    "numbers for lanes": started(predicted=listed("1")),
    "words for numbers": started(predicted="[" + listed('""') + "]"),
    "quantities": sampled(named("[]")),
    "numbers for quantities": sampled(named("1")),
    "layers": sampled(f'{{"a":{listed("1")}}}'),
    "lists for layers": sampled(f'{{"a":{listed("[]")}}}'),
    "a lane far away": sampled(lane=1000),
    "findings": diagnosed(listed(finding())),
    "numbers for findings": diagnosed(listed("1")),
    "changes": diagnosed(f"[{finding(named('1'))}]"),
    "a long value": changed(listed("1")),
    "a deep value": changed("[" * 500_000 + "]" * 500_000),
    "a deep list": "[" * LONGEST_LINE,
    "digits": '{"type":"paused","run":1,"step":' + "9" * 1_000_000 + "}",
    "a large step": '{"type":"paused","run":1,"step":9007199254740993}',
    "a step before the first": '{"type":"paused","run":1,"step":-1}',
    "an unknown kind": '{"type":"' + "x\\u001b" * 100_000 + '"}',
    "a long line": "{" + " " * LONGEST_LINE,
}


@pytest.mark.parametrize("name", LINES)
def test_what_a_hostile_backend_sends_is_refused_at_little_cost(name: str) -> None:
    line = LINES[name].encode()
    tracemalloc.start()
    try:
        with pytest.raises(BrokenLine) as caught:
            report(line)
        assert tracemalloc.get_traced_memory()[1] < 50e6
    finally:
        tracemalloc.stop()
    assert len(str(caught.value)) < 400 and str(caught.value).isprintable()
