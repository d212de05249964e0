"""The text and its grammar."""

import re
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
import torch

from gradtui.catalog import grammar
from gradtui.catalog.tasks import ALPHABET, TASKS, TEXT
from gradtui.core.experiments.experiment import experiment
from gradtui.core.experiments.part import WHOLE
from gradtui.engine.data.samples import load
from gradtui.engine.data.tasks import text


def written(seed=0, length=TEXT):
    return grammar.text(length, np.random.default_rng(seed))


def test_the_generator_decides_the_text():
    assert written() == written() != written(1)
    assert written(length=777) == written()[:777]


def test_the_alphabet_is_what_the_text_is_written_with():
    counts = Counter(written())
    assert set(counts) == set(ALPHABET) and len(set(ALPHABET)) == len(ALPHABET)
    assert sum(counts.values()) == TEXT and min(counts.values()) >= 10


def test_every_rule_is_reached_and_every_symbol_has_one():
    named = {symbol for rules in grammar.RULES.values() for rule in rules for symbol in re.findall(r"\{(\w+)\}", rule)}
    assert named | {"story"} == set(grammar.RULES)
    assert "{" not in written() and "}" not in written()


def test_the_text_has_much_to_learn():
    """The letter before tells much of the next: the entropy of a pair's second letter is far below that of a letter alone."""
    story = written()
    single, pairs = Counter(story), Counter(pairwise(story))

    def entropy(counts):
        shares = np.array(list(counts.values())) / sum(counts.values())
        return float(-(shares * np.log(shares)).sum())

    assert entropy(pairs) - entropy(single) < entropy(single) - 0.5 < np.log(len(ALPHABET)) - 0.5


@pytest.mark.parametrize("length", [2, 64, 1000, 1024])
def test_windows_follow_each_other_and_targets_are_the_next_characters(length):
    data = text({"length": length}, np.random.default_rng(3))
    story = np.array([ALPHABET.index(character) for character in written(3)])
    for part, start, end in ((data.training, 0, TEXT - TEXT // 10), (data.validation, TEXT - TEXT // 10, TEXT)):
        count = (end - start - 1) // length
        assert part.inputs.shape == part.targets.shape == (count, length)
        assert np.array_equal(part.inputs.ravel(), story[start : start + count * length])
        assert np.array_equal(part.targets.ravel(), story[start + 1 : start + 1 + count * length])
    assert len(data.training.inputs) == TASKS["text"].count({"length": length})


def test_tokens_are_loaded_as_whole_numbers():
    made = experiment({"network": {"family": "transformer"}, "task": {"name": "text", "length": 50}})
    training, validation, _ = load([made], [WHOLE], torch.device("cpu"))
    for samples in (training, validation):
        assert samples.inputs.dtype == samples.targets.dtype == torch.int64
        assert samples.inputs.shape == samples.targets.shape == (1, len(samples), 50)
