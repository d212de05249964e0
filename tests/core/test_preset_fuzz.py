"""Twenty thousand damaged presets: each loads or is refused in words, and none takes long."""

from __future__ import annotations

import random
import time
import unicodedata

from gradtui.core.experiments.experiment import InvalidExperiment
from gradtui.core.presets.collection import shipped
from gradtui.core.presets.preset import Preset, UnreadablePreset, parse

TEXTS = 20_000
SLOWEST = 0.050
"""Seconds of processor time for one text."""

_PIECES = (
    *("nan", "-inf", "1e999", "-0.0", "9" * 400, "0x7fffffffffffffff", "1979-05-27T07:32:00Z", "07:32:00", "true", "[]", "{}"),
    *('""', '"\\u001b[2J"', '"\\ud800"', "'''", '"""', "\x00", "\x1b]52;c;x\x07", "\u202e", "\ufeff", "é" * 500, "\r", "\\"),
    *("[" * 60, "{a=" * 60, "[[network]]", "[network]", "[expect.x]", "a." * 40 + "b = 1", "=", "#", ",", ".", '"x" = "y"\n' * 50),
    *('family = "transformer"\n', 'activation = "relu"\n', "depth = 200\n", "width = 1000000\n", 'name = "adam"\n', "heads = 7\n"),
)


def damaged(random: random.Random, samples: list[str]) -> str:
    """A preset with a few pieces cut, doubled, swapped with another's, or put in."""
    text = random.choice(samples)
    for _ in range(random.randint(1, 6)):
        start = random.randint(0, len(text))
        end = min(len(text), start + int(random.paretovariate(0.7)))
        other = random.choice(samples)
        at = random.randint(0, len(other))
        put = random.choice(
            ["", text[start:end] * 2, random.choice(_PIECES), other[at : at + end - start], chr(random.randint(1, 0xD7FF))]
        )
        text = text[:start] + put + text[end:]
    return text


def judged(text: str) -> Preset | str:
    """The preset, or the words of its refusal."""
    try:
        return parse(text, "fuzzed.toml")
    except (UnreadablePreset, InvalidExperiment) as error:
        return str(error)


def seconds(text: str) -> float:
    before = time.process_time()
    judged(text)
    return time.process_time() - before


def test_a_damaged_preset_loads_or_is_refused_in_words_and_soon() -> None:
    samples = [path.read_text() for path in shipped().values()]
    numbers = random.Random(0)
    texts = [damaged(numbers, samples) for _ in range(TEXTS)]
    verdicts = []
    for text in texts:
        before = time.process_time()
        verdicts.append(judged(text))
        if time.process_time() - before > SLOWEST:
            assert min(seconds(text) for _ in range(3)) <= SLOWEST, text
    refusals = [verdict for verdict in verdicts if isinstance(verdict, str)]
    assert len(refusals) > TEXTS / 10 and len(verdicts) - len(refusals) > TEXTS / 100
    for words in refusals:
        assert words and not [sign for sign in words.replace("\n", "") if unicodedata.category(sign)[0] == "C"]
