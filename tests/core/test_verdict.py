from __future__ import annotations

import math
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradtui.core.experiments.experiment import experiment
from gradtui.core.measured.frame import QUANTITIES, Frame, Spread
from gradtui.core.measured.history import History
from gradtui.core.measured.protocol import Started
from gradtui.core.measured.run import Run
from gradtui.core.measured.verdict import Meaning, reference, verdicts
from gradtui.diagnosis.rules import Symptom, dead_units, exploding_gradients, saturated_units, vanishing_gradients

PROFILES = ("activation_gradient", "activation_gradient_rms", "weight_gradient", "activation_std")
ANY = st.none() | st.floats(allow_nan=True, allow_infinity=True)


def words(quantity: str, values: list[float | None]) -> list[str]:
    return [verdict.word for verdict in verdicts(quantity, values)]


def test_gradients_that_fade_towards_the_input_vanish() -> None:
    assert words("activation_gradient", [1e-9, 5e-5, 5e-4, 0.05, 0.1, 0.2]) == ["vanished", "vanished", "ok", "ok", "ok", "ok"]


def test_gradients_that_grow_towards_the_input_explode() -> None:
    assert words("activation_gradient", [800.0, 20.0, 1.0, 0.1, 0.1, 0.2]) == ["exploded", "exploded", "ok", "ok", "ok", "ok"]
    assert words("activation_gradient", [8.0, 6.9, 0.1, 0.2]) == ["exploded", "ok", "ok", "ok"]


def test_activations_are_judged_from_the_input() -> None:
    assert words("activation_std", [1.0, 0.1, 1e-5, 1e-9]) == ["ok", "ok", "vanished", "vanished"]


@given(
    quantity=st.sampled_from(PROFILES), values=st.lists(st.floats(1e-6, 1e6), min_size=2, max_size=20), scale=st.floats(1e-12, 1e12)
)
def test_only_the_profile_counts_never_the_level(quantity: str, values: list[float], scale: float) -> None:
    """A converged network has small gradients everywhere, and nothing vanishes in it."""
    near = [0.37 * round(math.log10(value) / 0.37) for value in values]  # no bound is a multiple of it, so rounding decides nothing
    before, after = ([10**power * by for power in near] for by in (1.0, scale))
    assert words(quantity, before) == words(quantity, after)


@given(quantity=st.sampled_from(sorted(QUANTITIES)), values=st.lists(ANY, min_size=1, max_size=30))
def test_what_is_not_finite_says_so_and_nothing_else_is_worse(quantity: str, values: list[float | None]) -> None:
    judged = verdicts(quantity, values)
    assert len(judged) == len(values)
    for value, verdict in zip(values, judged, strict=True):
        assert verdict.badness >= 0
        if value is None:
            assert (verdict.word, verdict.meaning, verdict.badness) == ("", Meaning.NONE, 0)
        elif not math.isfinite(value):
            assert verdict.word == ("NaN" if math.isnan(value) else "Inf")
            assert verdict.meaning is Meaning.EXPLODING
            assert verdict.badness == math.inf


@given(values=st.lists(st.floats(1e-30, 1e30), min_size=3, max_size=20))
def test_the_badness_grows_with_the_distance_from_the_last_hidden_layer(values: list[float]) -> None:
    distance = [abs(math.log10(value / values[-2])) for value in values]
    judged = verdicts("activation_gradient", values)
    fading = [(d, v.badness) for d, v, value in zip(distance, judged, values, strict=True) if value < values[-2]]
    assert [badness for _, badness in sorted(fading)] == sorted(badness for _, badness in fading)


def test_a_zero_is_vanished_where_others_get_something_and_zero_where_none_does() -> None:
    assert words("activation_gradient", [0.0, 0.1, 0.1]) == ["vanished", "ok", "ok"]
    assert words("activation_gradient", [0.0, 0.0, 0.1]) == ["vanished", "vanished", "ok"]
    assert words("activation_gradient", [0.0, 0.0, 0.0]) == ["zero"] * 3


@pytest.mark.parametrize(("value", "word"), [(1e-9, "vanished"), (1e-7, "ok"), (1e-3, "ok"), (0.09, "ok"), (0.11, "long")])
def test_updates_are_judged_by_published_bounds(value: float, word: str) -> None:
    assert words("update_ratio", [value, 1e-3]) == [word, "ok"]


@pytest.mark.parametrize(("quantity", "rule"), [("dead", dead_units), ("saturated", saturated_units)])
def test_units_are_many_from_where_the_finding_says_so(quantity: str, rule: ModuleType) -> None:
    many = rule._MANY
    assert words(quantity, [0.0, many - 0.01, many, 1.0, None]) == ["ok", "ok", "many", "many", ""]


RATIO = st.floats(1e-12, 1e12)


@given(ratios=st.lists(RATIO, min_size=1, max_size=12))
def test_no_word_of_alarm_below_what_a_finding_needs(ratios: list[float]) -> None:
    """The rules for gradients that vanish and explode are asked about a first layer with this much of the last one's gradient."""
    values = [*ratios, 1.0, 1.0]
    judged = words("activation_gradient", values)
    for ratio, word in zip(ratios, judged, strict=False):
        run = run_with((ratio, 1.0, 1.0))
        found = vanishing_gradients.judge(run), exploding_gradients.judge(run)
        assert (word == "ok") == (not any(isinstance(one, Symptom) for one in found)), ratio


def run_with(gradients: tuple[float, ...]) -> Run:
    """A run that has learned nothing, with these gradients by layer at every step."""
    made = History()
    for step in range(1, 11):
        loss = Spread(last=1.0, low=1.0, mean=1.0, high=1.0)
        layers = {"activation_gradient": gradients}
        made.add(Frame(step=step, loss=loss, gradient_norm=loss, learning_rate=0.1, layers=layers))
    layers = (*map(str, range(1, len(gradients))), "out")
    started = Started(run=1, device="cpu", weights=1, layers=layers, predicted=((None,) * len(layers),), guessing=(1.0,))
    return Run(experiment({}), started, made)


@given(quantity=st.sampled_from(sorted(QUANTITIES)), values=st.lists(ANY, min_size=1, max_size=30))
def test_the_layer_that_others_are_compared_with_is_fine_itself(quantity: str, values: list[float | None]) -> None:
    at = reference(quantity, values)
    if at is not None:
        compared = values[at]
        assert compared is not None and 0 < compared < math.inf
        judged = zip(values, verdicts(quantity, values), strict=True)
        assert all(verdict.word == "ok" for value, verdict in judged if value == compared)


def test_gradients_are_compared_with_the_last_hidden_layer_and_activations_with_the_first() -> None:
    assert reference("weight_gradient", [1.0, 2.0, 3.0, 4.0]) == 2
    assert reference("weight_gradient", [1.0, 2.0, math.nan, 4.0]) == 3
    assert reference("weight_gradient", [1.0]) == 0
    assert reference("gradient_over_time", [1.0, 2.0, 3.0]) == 2
    assert reference("activation_std", [None, 2.0, 3.0]) == 1
    assert reference("dead", [0.1, 0.2]) is None
    assert reference("update_ratio", [0.1, 0.2]) is None
    assert reference("activation_gradient", [0.0, math.inf]) is None
