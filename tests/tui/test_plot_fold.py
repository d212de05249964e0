from __future__ import annotations

import math
from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from gradtui.tui.plot.fold import KEPT, fold, lately_worst

COUNT, ROWS = st.integers(1, 201), st.integers(0, 60)


@st.composite
def cases(draw: st.DrawFn) -> tuple[int, int, list[int]]:
    count = draw(COUNT)
    return count, draw(ROWS), draw(st.lists(st.integers(0, count - 1), max_size=KEPT, unique=True))


def alone(ranges: tuple[range, ...]) -> list[int]:
    return [run[0] for run in ranges if len(run) == 1]


@given(case=cases())
def test_every_layer_is_there_once_in_order_and_all_fit(case: tuple[int, int, list[int]]) -> None:
    count, rows, wanted = case
    ranges = fold(count, rows, wanted)
    assert len(ranges) <= rows
    if rows:
        assert list(chain.from_iterable(ranges)) == list(range(count))


@given(case=cases())
def test_the_first_the_last_and_the_most_wanted_layer_stand_alone(case: tuple[int, int, list[int]]) -> None:
    count, rows, wanted = case
    shown = alone(fold(count, rows, wanted))
    if rows >= 3:
        assert {0, count - 1} <= set(shown)
    if rows >= 5:
        assert set(wanted[:1]) <= set(shown)
    if rows >= 2 * (KEPT + 2):
        assert set(wanted) <= set(shown)


@given(case=cases())
def test_nothing_is_folded_where_there_is_room_and_no_row_is_given_away(case: tuple[int, int, list[int]]) -> None:
    count, rows, wanted = case
    ranges = fold(count, rows, wanted)
    if count <= rows:
        assert len(alone(ranges)) == count
    elif rows >= 3:
        assert len(ranges) >= rows - 1


def test_many_layers_are_spread_and_few_too_many_are_folded_in_one_place() -> None:
    assert max(len(run) for run in fold(101, 20)) <= 15
    assert sum(len(run) > 1 for run in fold(21, 17)) == 1


BADNESS = st.lists(st.sampled_from((0.0, 0.0, 0.5, 1.0, 7.0, math.inf)), min_size=1, max_size=40)


@given(badness=BADNESS, kept=st.lists(st.integers(0, 50), max_size=KEPT, unique=True))
def test_one_of_the_worst_layers_comes_first(badness: list[float], kept: list[int]) -> None:
    found = lately_worst(kept, badness)
    assert len(found) <= KEPT
    assert all(badness[layer] > 0 for layer in found)
    if max(badness) > 0:
        assert badness[found[0]] == max(badness)
    else:
        assert found == ()


@given(badness=BADNESS)
def test_the_choice_holds_still_while_the_layers_do(badness: list[float]) -> None:
    first = lately_worst((), badness)
    assert lately_worst(first, badness) == first


def test_layers_that_take_turns_at_being_worst_all_keep_their_rows() -> None:
    kept: tuple[int, ...] = ()
    shown = set()
    for turn in range(20):
        badness = [0.0] * 100
        badness[30], badness[60] = (2.0, 2.1) if turn % 2 else (2.1, 2.0)
        kept = lately_worst(kept, badness)
        if turn:
            shown.add(fold(100, 15, sorted(kept)))
    assert len(shown) == 1
