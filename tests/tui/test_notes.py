"""The notes: a line a finding, nothing cut in the middle, and the rest where it can be reached."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from gradtui.core.measured import protocol
from gradtui.tui.widgets.notes import Notes
from gradtui.tui.widgets.told import Note, Telling
from tests.tui.lab import COMPACT, SIZE, Lab, finding, shown


@pytest.fixture
def lab() -> Lab:
    return Lab()


async def test_notes_that_do_not_fit_are_scrolled(lab: Lab) -> None:
    async with lab.app.run_test(size=SIZE) as pilot:
        notes = lab.app.lab.query_one(Notes)
        room = notes.size
        words = [f"word{at}" for at in range(room.width * room.height // 4)]
        lab.session.preset = lab.session.preset.model_copy(update={"summary": " ".join(words)})
        lab.app.lab.show_experiment()
        await pilot.press("7")
        await pilot.pause()
        seen = set()
        for _ in words:
            seen |= set(shown(lab, Notes).split())
            await pilot.press("j")
        assert set(words) <= seen and "scroll" in str(notes.border_subtitle)
        await pilot.press("home")
        assert "word0 word1" in shown(lab, Notes)


async def test_every_finding_has_a_line_and_enter_tells_the_rest(lab: Lab) -> None:
    rules = ("vanishing-gradients", "dead-units", "loss-not-decreasing")
    told = [
        finding(rule, "layer", ("1",)).model_copy(update={"what": f"Something is wrong {rule}", "evidence": "Known by this. " * 40})
        for rule in rules
    ]
    for size in (COMPACT, SIZE, (200, 60)):
        lab = Lab()
        async with lab.app.run_test(size=size) as pilot:
            lab.ready()
            await pilot.press("space")
            lab.start()
            lab.report(protocol.Diagnosed(run=lab.run, findings=tuple(told)))
            await pilot.press("7", "home")
            await pilot.pause()
            lines = shown(lab, Notes).splitlines()
            assert lines[0].startswith("✗ Something is wrong")
            assert lines[0].endswith(".") or size[0] == 200, "a sentence is told whole or not at all"
            assert len([line for line in lines if line.startswith("✗")]) >= (2 if size == COMPACT else 3)
            await pilot.press("enter")
            await pilot.pause()
            assert lab.app.lab.maximized is lab.app.lab.query_one(Notes)
            assert shown(lab, Notes).count("Known by this.") > 20
            await pilot.press("enter")
            await pilot.pause()
            assert lab.app.lab.maximized is None and lab.app.focused.id == "notes"


async def test_notes_keep_their_lines_while_something_lies_over_them(lab: Lab) -> None:
    async with lab.app.run_test(size=COMPACT) as pilot:
        before = shown(lab, Notes)
        await pilot.press("1")
        lab.app.lab.say("")
        await pilot.press("escape")
        await pilot.pause()
        assert shown(lab, Notes) == before


SIZES = st.lists(st.lists(st.integers(1, 12), min_size=1, max_size=4), min_size=1, max_size=5)
"""Words in each part of each note."""


def numbered(sizes: list[list[int]]) -> list[Note]:
    """Notes of so many words, no two alike."""
    words = (f"word{at}" for at in itertools.count())
    return [Note("", tuple(" ".join(itertools.islice(words, size)) for size in parts)) for parts in sizes]


@given(notes=SIZES.map(numbered), width=st.integers(12, 60), height=st.integers(1, 20))
def test_the_first_part_of_every_note_is_told_and_of_the_others_as_much_as_fits(notes: list[Note], width: int, height: int) -> None:
    told = Telling(Console(), width).fitted(notes, height)
    words = " ".join(row.plain for row in told.rows).split()
    assert all(row.cell_len <= width for row in told.rows)
    at = 0
    whole = []
    for note in notes:
        counts = [
            count
            for count in range(1, len(note.parts) + 1)
            if words[at : at + len(expected := " ".join(note.parts[:count]).split())] == expected
        ]
        assert counts, "the first part is there, whole"
        whole.append(counts[-1] == len(note.parts))
        at += len(" ".join(note.parts[: counts[-1]]).split())
    assert at == len(words) and told.short == (not all(whole) or len(told.rows) > height)
    least = sum(len(Telling(Console(), width).fitted([Note("", note.parts[:1])], 0).rows) for note in notes)
    assert len(told.rows) <= max(height, least)


async def test_an_answer_takes_nothing_away_where_there_is_room(lab: Lab) -> None:
    async with lab.app.run_test(size=SIZE) as pilot:
        await pilot.press("g")
        assert "gradient of a layer's weights" in shown(lab, Notes) and "A sigmoid's slope is at most 1/4." in shown(lab, Notes)
