"""Hostile presets: each loads or is refused in words, and none takes much work or memory. `make fuzz` goes on with fresh ones."""

from __future__ import annotations

import random
import sys
import tomllib
import tracemalloc
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings, target
from hypothesis import strategies as st

from gradtui.core.experiments.experiment import MOST_TOLD, InvalidExperiment
from gradtui.core.presets.collection import shipped
from gradtui.core.presets.preset import LARGEST, MOST_WALKED, Preset, UnreadablePreset, parse, walked

LINES = 30
"""Lines of Python that the standard library's reader runs at the most for a character, or for a part of a key that it walks."""

CLAIM = '[[expect.claims]]\nsays = "x"\nquantity = "{quantity}"\nmax = 1\nsource = "x"\nknown = "theory"\n'
PIECES = (
    *("nan", "-inf", "1e999", "-0.0", "9" * 400, "0x7fffffffffffffff", "1979-05-27T07:32:00Z", "07:32:00", "true", "[]", "{}"),
    *('""', '"\\u001b[2J"', '"\\ud800"', "'''", '"""', "\x00", "\x1b]52;c;x\x07", "\u202e", "\ufeff", "é" * 500, "\r", "\\"),
    *("[" * 60, "{a=" * 60, "[[network]]", "[network]", "[expect.x]", "a." * 40 + "b = 1", "=", "#", ",", ".", '"x" = "y"\n' * 50),
    *('family = "transformer"\n', 'activation = "relu"\n', "depth = 200\n", "width = 1000000\n", 'name = "adam"\n', "heads = 7\n"),
)
WORDS = (
    *(
        "a",
        "b",
        ".",
        "=",
        "1",
        '"',
        "'",
        '\\"',
        '"\\""',
        "\\",
        "[",
        "]",
        "[[",
        "]]",
        "{",
        "}",
        ",",
        "\n",
        "#",
        " ",
        "-",
        "_",
        "é",
        "\r",
    ),
    *("1,", "[],", "{},", "a.", "a.b.c.", "a=1\n", "№=1\n", "№=[]\n", "№.a=1\n", "[№]\n", "[[a]]\n", "[a.b.c.d]\n", "v=[", "v={"),
    *(
        "[network]\n",
        "[expect]\n",
        "set={network={depth=3}}\n",
        "1e9",
        "0x",
        "1979-05-27",
        "\\u0041",
        "#\n",
        '"""',
        "'''",
        "№={}\n",
    ),
)
"""What a text is made of, with № for a number that is another one each time."""


def damaged(random: random.Random, samples: list[str]) -> str:
    """A preset with a few pieces cut, doubled, swapped with another's, or put in."""
    text = random.choice(samples)
    for _ in range(random.randint(1, 6)):
        start = random.randint(0, len(text))
        end = min(len(text), start + int(random.paretovariate(0.7)))
        other = random.choice(samples)
        at = random.randint(0, len(other))
        put = random.choice(
            ["", text[start:end] * 2, random.choice(PIECES), other[at : at + end - start], chr(random.randint(1, 0xD7FF))]
        )
        text = text[:start] + put + text[end:]
    return text


def repeated(unit: str, size: int) -> str:
    """A unit again and again, whole, up to a size."""
    made, number = "", 0
    while unit and len(made) + len(more := unit.replace("№", str(number))) <= size:
        made, number = made + more, number + 1
    return made


@st.composite
def texts(draw: st.DrawFn, size: int) -> str:
    """Texts of a few words again and again, up to a size."""
    units = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map("".join)
    parts = draw(st.lists(st.tuples(units, st.integers(1, size)), min_size=1, max_size=5))
    text = ""
    for unit, share in parts:
        text += repeated(unit, min(share, size - len(text)))
    return text


def judged(text: str) -> Preset | str:
    """The preset, or the words of its refusal."""
    try:
        return parse(text, "fuzzed.toml")
    except (UnreadablePreset, InvalidExperiment) as error:
        return str(error)


def lines(call: Callable[[], object]) -> int:
    """How many lines of Python a call runs."""
    count = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return count


def peak(call: Callable[[], object]) -> int:
    """Bytes that a call holds at the most."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def told(verdict: Preset | str) -> None:
    """A refusal is short and holds nothing that a terminal obeys."""
    if isinstance(verdict, str):
        assert 0 < len(verdict) < 12_000 and verdict.count("\n") <= MOST_TOLD
        assert not [sign for sign in verdict.replace("\n", "") if unicodedata.category(sign)[0] == "C"]


SAMPLES = [path.read_text() for path in shipped().values()]


@settings(max_examples=5 * settings.default.max_examples)
@given(st.randoms(use_true_random=True))
def test_a_damaged_preset_loads_or_is_refused_in_words(numbers: random.Random) -> None:
    told(judged(damaged(numbers, SAMPLES)))


def test_damaged_presets_are_some_of_each_kind() -> None:
    verdicts = [judged(damaged(random.Random(seed), SAMPLES)) for seed in range(300)]
    refusals = [verdict for verdict in verdicts if isinstance(verdict, str)]
    assert len(refusals) > 30 and len(verdicts) - len(refusals) > 3


@given(texts(1500))
def test_a_text_takes_no_more_work_than_its_length_and_its_dots_say(text: str) -> None:
    """What is searched for is the text that takes most."""
    limit = LINES * (len(text) + walked(text)) + 200

    def read() -> None:
        with suppress(tomllib.TOMLDecodeError, RecursionError, ValueError):
            tomllib.loads(text)

    worked = lines(read)
    target(worked / limit)
    assert worked <= limit
    told(judged(text))


MANY = {
    "numbers": "v=[" + repeated("1,", LARGEST - 10) + "]\n",
    "keys": repeated("№=1\n", LARGEST),
    "keys below a deep table": "[" + ".".join("a" * 19) + "]\n" + repeated("№=1\n", LARGEST - 50),
    "keys of a table": "[network]\n" + repeated("depht№=1\n", LARGEST - 20),
    "tables": repeated("[№]\n", LARGEST),
    "dotted keys": repeated("№.a.b=1\n", 6000),
    "dots": ".".join(["a"] * 315) + "=1\n",
    "escaped quotes": ".".join(['"\\""'] * 315) + "=1\n",
    "quoted equals signs": '"=".' + ".".join(['"\\""'] * 310) + "=1\n",
    "a long text": 'title="' + "x" * (LARGEST - 10) + '"',
    "escapes": 'title="' + "\\n" * (LARGEST // 2 - 10) + '"',
    "comments": "#\n" * (LARGEST // 2),
    "claims": "\n".join([CLAIM.format(quantity="first.activation_gradient.ration")] * 32),
    "claims with wrong changes": "".join(
        CLAIM.format(quantity="first.loss") + "set={" + repeated("netwrok№={},", 800) + "a={}}\n" for _ in range(32)
    ),
    "claims with changes": "".join(
        CLAIM.format(quantity="first.loss") + f'set={{network={{depth={at}}}}}\nagainst={{optimizer={{name="adam"}}}}\n'
        for at in range(1, 33)
    ),
    "claims with unknown keys": "".join(CLAIM.format(quantity="first.loss") + repeated("sais№=1\n", 800) for _ in range(32)),
}


@pytest.mark.parametrize("name", MANY)
def test_the_costliest_of_each_kind_stay_within_bounds(name: str) -> None:
    text = MANY[name]
    assert len(text) <= LARGEST and walked(text) <= MOST_WALKED
    told(judged(text))
    assert lines(lambda: judged(text)) < 2 * LINES * LARGEST
    assert peak(lambda: judged(text)) < 50e6


BEYOND = {
    "dots": ".".join(["a"] * 320) + "=1\n",
    "escaped quotes": ".".join(['"\\""'] * 6500) + "=1\n",
    "quoted equals signs": '"=".' + ".".join(['"\\""'] * 6000) + "=1\n",
    "a header": "[" + ".".join("a" * 400) + "]\n",
    "keys below a deep table": "[" + ".".join("a" * 40) + "]\n" + repeated("№=1\n", LARGEST - 100),
    "keys of a table in a line": "v={" + repeated("№.a=1,", 3000) + "}\n",
    "other line ends": repeated("a.b=1\r", 3000),
    "a comment": "#" * (LARGEST + 1),
    "the largest of all": repeated("№=1\n", 1 << 20),
}


@pytest.mark.parametrize("name", BEYOND)
def test_what_is_beyond_the_bounds_is_not_even_read(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(text: str) -> None:
        raise AssertionError("it was read")

    monkeypatch.setattr(tomllib, "loads", refuse)
    assert str(judged(BEYOND[name])).endswith("so it is no preset.")
