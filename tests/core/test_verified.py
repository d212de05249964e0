"""Verified presets as people read them."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from gradtui.core.presets.expect import Claim
from gradtui.core.presets.verified import Checked, Report, Verified, expected, in_words, table
from tests.strategies import NUMBERS, claims


def checked(claim: Claim, measured: float | None) -> Checked:
    return Checked(claim=claim, seeds=1, steps=1, reached=(1,), measured=measured, by_seed=(measured,), holds=claim.holds(measured))


def verified(*rows: Checked) -> Verified:
    report = Report(preset="deep-tanh", title="Deep tanh", seconds=1.25, claims=rows)
    return Verified(holds=all(row.holds for row in rows), seconds=1.25, presets=(report,), signal=0)


@given(st.lists(st.tuples(claims(1), st.none() | NUMBERS), max_size=3), st.integers(80, 160))
def test_the_table_fits_a_terminal_and_tells_every_claim(rows: list[tuple[Claim, float | None]], width: int) -> None:
    made = verified(*(checked(*row) for row in rows))
    lines = in_words(made, width).splitlines()
    assert max(len(line) for line in lines if line.startswith("  ")) <= width
    assert sum(line.startswith("  holds") for line in lines) == sum(row.holds for row in made.presets[0].claims)
    assert sum(line.startswith("  fails") for line in lines) == sum(not row.holds for row in made.presets[0].claims)
    assert Verified.model_validate_json(made.model_dump_json()).model_dump_json() == made.model_dump_json()


def claim(**bounds) -> Claim:
    return Claim(**{"says": "s", "quantity": "last.loss", "source": "Me", "known": "theory", **bounds})


def test_bounds_and_findings_are_put_in_words() -> None:
    assert expected(claim(min=0.0, max=0.0)) == "exactly 0"
    assert expected(claim(max=1e-9)) == "up to 1e-09"
    assert expected(claim(min=0.5)) == "from 0.5"
    assert expected(claim(min=0.5, max=2.0)) == "0.5 to 2"
    found, absent = (claim(quantity="finding.dead-units", **bound) for bound in ({"min": 1.0}, {"max": 0.0}))
    assert (expected(found), expected(absent)) == ("found", "not found")
    text = in_words(verified(checked(found, 1.0), checked(absent, 1.0), checked(claim(min=0.0), math.nan)))
    assert text.count("  holds") == 1 and text.count("  fails") == 2 and "NaN" in text
    assert "[theory] derived by theory" in text and "1 of 3 claims of 1 preset" in text


def test_markdown_has_a_row_for_every_claim() -> None:
    text = table(verified(checked(claim(max=1.0), 0.5)))
    assert "| `deep-tanh` | s | Me [theory] | up to 1 | 0.500 | holds |" in text
