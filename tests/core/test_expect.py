"""Expectations as they stand in a file: read without loss, or refused with every mistake at once."""

from __future__ import annotations

import math
from typing import Any

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from gradtui.core.experiments.experiment import Experiment, InvalidExperiment, experiment
from gradtui.core.presets.collection import find
from gradtui.core.presets.expect import ALLOWED, MOST_CLAIMS, NOTHING, Claim, Expect, expectations
from gradtui.core.presets.preset import parse
from tests.strategies import NUMBERS, claims, expects, experiments

GOOD = {"says": "it falls", "quantity": "last.loss", "max": 1.0, "source": "ours", "known": "measured"}


def refusal(table: Any, made: Experiment | None = None) -> list[str]:
    with pytest.raises(InvalidExperiment) as caught:
        expectations(table, made or experiment())
    return [str(mistake) for mistake in caught.value.mistakes]


def changed(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in {**GOOD, **values}.items() if value is not None}


@given(experiments(), st.data())
def test_what_is_expected_comes_back_from_its_table(made: Experiment, data: st.DataObject) -> None:
    expect = data.draw(expects(made))
    assert expectations(expect.table(), made) == expect


@given(claims(1), NUMBERS)
def test_a_claim_holds_within_its_bounds_and_never_for_nan(claim: Claim, measured: float) -> None:
    low = -math.inf if claim.min is None else claim.min
    high = math.inf if claim.max is None else claim.max
    assert claim.holds(measured) == (low <= measured <= high)
    assert not claim.holds(None) and not claim.holds(math.nan)


def test_all_mistakes_are_told_at_once_with_what_was_meant() -> None:
    told = refusal(
        {
            "seeds": 0,
            "stepps": 10,
            "claims": [
                changed(quantity="first.activation_gradint.ratio", min=2.0),
                changed(min=2.0, max=1.0),
                changed(max=None),
                changed(max=math.inf, known="guessed"),
                {"says": 7},
                3,
            ],
        }
    )
    for words in (
        "expect.seeds: 0 does not fit. Allowed: a whole number from 1 to",
        "expect.stepps: unknown key. Did you mean steps?",
        "expect.claims.1.quantity",
        "Did you mean first.activation_gradient.ratio?",
        "expect.claims.2.min: 2 is above max 1.",
        "expect.claims.3: has no bounds.",
        "expect.claims.4.max: inf does not fit. Allowed: a number.",
        'expect.claims.4.known: "guessed" does not fit.',
        "expect.claims.5.says: 7 does not fit.",
        "expect.claims.5.quantity: is missing.",
        "expect.claims.6: is 3, not a table.",
    ):
        assert any(words in line for line in told), words


@pytest.mark.parametrize("table", [3, "x", [], None])
def test_what_is_no_table_is_told(table: Any) -> None:
    assert "not a table" in refusal(table)[0]


@pytest.mark.parametrize("listed", [{}, "x", 3, [GOOD] * (MOST_CLAIMS + 1)])
def test_what_is_no_short_list_of_claims_is_told(listed: Any) -> None:
    assert f"up to {MOST_CLAIMS} tables" in refusal({"claims": listed})[0]


def test_changes_must_apply_to_the_experiment() -> None:
    told = refusal({"claims": [changed(set={"network": {"dpth": 3}}, against={"optimizer": {"learning_rate": -1.0}})]})
    assert "expect.claims.1.set.network.dpth: unknown key. Did you mean depth?" in told[0]
    assert "expect.claims.1.against.optimizer.learning_rate" in told[1]


def test_mistakes_of_the_experiment_and_of_the_claims_are_told_together() -> None:
    with pytest.raises(InvalidExperiment) as caught:
        parse("[network]\ndepth = 0\n" + tomlkit.dumps({"expect": {"claims": [changed(known="guessed")]}}), "both")
    assert {mistake.where for mistake in caught.value.mistakes} == {"network.depth", "expect.claims.1.known"}


def test_a_check_cannot_ask_for_hours() -> None:
    heavy = {"network": {"width": 4096, "depth": 200}}
    assert "fewer steps or seeds" in refusal({"seeds": 400, "claims": [changed(set=heavy)]})[0]
    assert "more than the 2000 of the run" in refusal({"steps": 3000, "claims": [GOOD]})[0]
    assert "from 1 to" in refusal({"claims": [changed(steps=10**9)]})[0]


def test_every_key_says_what_is_allowed() -> None:
    assert set(ALLOWED) == {*Claim.model_fields, *Expect.model_fields}


def test_another_experiment_keeps_the_claims_that_can_be_made_of_it() -> None:
    preset = find("adam-eps")
    slower = preset.experiment.changed({"optimizer.learning_rate": 1e-4})
    other = preset.experiment.changed({"optimizer.name": "sgd"})
    assert preset.with_experiment(slower).expect == preset.expect != NOTHING
    assert preset.with_experiment(other).expect == NOTHING
    for made in (slower, other):
        shown = preset.with_experiment(made)
        assert parse(shown.toml(), "again") == shown
