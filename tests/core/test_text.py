from __future__ import annotations

import math
import unicodedata
from difflib import SequenceMatcher, get_close_matches

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gradtui.core.text import exact, grouped, nearest, number, printable
from tests.strategies import FINITE

HOSTILE = "\x1b]52;c;aGk=\x07\x9b31m‮evil⁦\u2028\x00\x7f\ud800\ue000﻿"


@example(HOSTILE, 2000)
@example(HOSTILE * 100, 20)
@given(st.text(st.characters(codec=None, exclude_categories=())), st.integers(1, 3000))
def test_no_character_that_a_terminal_obeys_survives(text: str, limit: int) -> None:
    shown = printable(text, limit)
    assert all(c == " " or unicodedata.category(c)[0] not in "CZ" for c in shown.replace("\xa0", " "))
    assert len(shown) <= limit
    assert printable(shown, limit) == shown


@given(
    st.lists(st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1), max_size=20),
    st.sampled_from([" ", "\n", "\t \r"]),
)
def test_words_survive_with_single_blanks(words: list[str], between: str) -> None:
    assert printable(between.join(words), 10_000) == " ".join(words)


@given(st.text("abc_-D", max_size=8), st.lists(st.text("abc_-D", min_size=1, max_size=8), max_size=6))
def test_the_nearest_name_is_one_of_those_that_the_standard_library_finds_closest(name: str, known: list[str]) -> None:
    def spelled(word: str) -> str:
        return word.replace("_", "-").lower()

    close = get_close_matches(spelled(name), [spelled(word) for word in known], 1, 0.6)
    found = nearest(name, known)
    assert (found is None) == (not close)
    if found is not None:
        ratios = [SequenceMatcher(None, spelled(word), spelled(name)).ratio() for word in (found, *close)]
        assert found in known and ratios[0] == ratios[1]


def number_of(shown: str) -> float:
    return float(shown.replace(" ", ""))


@example(1e-320)
@example(-0.0)
@example(9.995e-4)
@example(999.95)
@example(9999.5)
@given(FINITE)
def test_a_number_shows_three_significant_digits(value: float) -> None:
    shown = number(value)
    digits = shown.lower().split("e")[0].replace(" ", "").replace("-", "").replace(".", "").lstrip("0")
    assert number_of(shown) == float(f"{value:.2e}")
    assert shown == "0" if value == 0 else len(digits) == (4 if 1e3 <= abs(number_of(shown)) < 1e4 else 3)
    assert ("e" in shown) == (value != 0 and not 1e-3 <= abs(number_of(shown)) < 1e4)
    assert len(shown) <= 10


@given(FINITE, FINITE)
def test_a_larger_number_never_shows_as_a_smaller_one(a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert number_of(number(low)) <= number_of(number(high))


def test_what_is_no_number_is_told_apart() -> None:
    assert [number(value) for value in (None, math.nan, math.inf, -math.inf, 0.0)] == ["-", "NaN", "Inf", "-Inf", "0"]


@given(st.integers(-(10**12), 10**12))
def test_thousands_stand_apart(value: int) -> None:
    groups = grouped(value).lstrip("-").split(" ")
    assert int(grouped(value).replace(" ", "")) == value
    assert all(len(group) == 3 for group in groups[1:])
    assert 1 <= len(groups[0]) <= 3


@given(st.floats(1e-9, 1e9), st.integers(-(10**9), 10**9))
def test_a_chosen_value_reads_back(real: float, whole: int) -> None:
    assert float(exact(real)) == pytest.approx(real, rel=1e-9)
    assert int(exact(whole)) == whole
    assert exact((real, 0.999)) == f"{exact(real)}, 0.999"
    assert [exact(value) for value in (True, False, "relu")] == ["on", "off", "relu"]


@given(st.lists(st.text(), unique=True), st.text())
def test_the_nearest_name_is_a_known_one(known: list[str], name: str) -> None:
    assert nearest(name, known) in {None, *known}


@given(st.lists(st.from_regex(r"[a-z]{3,9}", fullmatch=True), unique=True, min_size=1), st.data())
def test_the_nearest_name_of_a_known_one_is_itself(known: list[str], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(known))
    assert nearest(name.upper(), known) == name
