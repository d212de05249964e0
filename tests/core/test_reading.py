"""Readings against frames made by hand, and against what they mean in plain arithmetic."""

from __future__ import annotations

import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradtui.core.experiments.experiment import experiment
from gradtui.core.measured.finding import RULES, Finding
from gradtui.core.measured.frame import QUANTITIES, Frame, Spread
from gradtui.core.measured.history import History
from gradtui.core.measured.profile import quotient
from gradtui.core.measured.reading import OF_LAYERS, READINGS, over_seeds
from gradtui.core.measured.run import Run
from gradtui.diagnosis.registry import JUDGES
from tests.strategies import NUMBERS, frames

POSITIVE = st.floats(1e-6, 1e6)


def frame(step: int, loss: float = 1.0, **measured) -> Frame:
    one = Spread(last=loss, low=loss, mean=loss, high=loss)
    return Frame(step=step, loss=one, gradient_norm=one, learning_rate=0.1, **{"layers": {}, **measured})


def history(*seen: Frame) -> History:
    made = History()
    for one in seen:
        made.add(one)
    return made


def read(name: str, *seen: Frame) -> float | None:
    return READINGS[name](Run(experiment(), history=history(*seen)))


def test_the_first_and_the_last_step_are_read_without_the_output_layer() -> None:
    seen = (
        frame(1, layers={"activation_gradient": (1.0, 2.0, 4.0, 99.0)}),
        frame(2, layers={"activation_gradient": (5.0, 5.0, 2.5, 99.0)}),
    )
    values = {how: read(f"first.activation_gradient.{how}", *seen) for how in OF_LAYERS}
    assert values == {"first": 1, "last": 4, "ratio": 0.25, "growth": pytest.approx(0.25), "smallest": 1, "largest": 4}
    assert read("last.activation_gradient.ratio", *seen) == 2


@given(st.lists(POSITIVE, min_size=2, max_size=6))
def test_growth_is_the_factor_of_the_square_from_one_layer_to_the_next_on_its_way(values: list[float]) -> None:
    layers = (*values, 1.0)
    back = read("first.activation_gradient.growth", frame(1, layers={"activation_gradient": layers}))
    forward = read("first.activation_std.growth", frame(1, layers={"activation_std": layers}))
    assert back is not None and forward is not None
    assert back ** (len(values) - 1) == pytest.approx((values[0] / values[-1]) ** 2)
    assert back * forward == pytest.approx(1)


def test_growth_over_time_is_that_of_a_rotation_times_a_gain() -> None:
    over_time = tuple(0.9**at for at in range(99, -1, -1))
    seen = frame(1, gradient_over_time=over_time)
    assert read("first.gradient_over_time.growth", seen) == pytest.approx(0.81)
    assert read("first.gradient_over_time.ratio", seen) == pytest.approx(0.9**99)


def test_what_was_not_measured_is_none_and_what_is_no_number_stays() -> None:
    assert all(reading(Run(experiment())) is None for name, reading in READINGS.items() if not name.startswith("finding."))
    assert read("first.dead.largest", frame(1, layers={"dead": (None, None, None)})) is None
    assert read("first.dead.largest", frame(1, layers={"dead": (None, 0.5, None)})) == 0.5
    assert read("first.activation_gradient.growth", frame(1, layers={"activation_gradient": (1.0, 1.0)})) is None
    for how in ("smallest", "largest"):
        value = read(f"first.activation_std.{how}", frame(1, layers={"activation_std": (1.0, math.nan, 2.0, 3.0)}))
        assert value is not None and math.isnan(value)


def test_losses_and_accuracy_are_those_of_the_last_frame_and_validation_as_last_measured() -> None:
    spread = Spread(last=4.0, low=1.0, mean=2.0, high=4.0, count=3)
    seen = (
        frame(1, 7.0, validation_loss=6.0, validation_accuracy=0.5),
        frame(4).model_copy(update={"loss": spread}),
    )
    assert [read(name, *seen) for name in ("first.loss", "last.loss", "last.validation_loss", "last.accuracy")] == [7, 2, 6, 0.5]


def test_a_finding_is_one_where_its_rule_spoke_even_if_it_is_over() -> None:
    told = {"severity": "warning", "what": "w", "evidence": "e", "meaning": "m", "source": "s"}
    over = Finding(rule="dead-units", step=3, until=9, **told)
    assert READINGS["finding.dead-units"](Run(experiment(), findings=(over,))) == 1
    assert READINGS["finding.non-finite"](Run(experiment(), findings=(over,))) == 0
    assert set(RULES) == set(JUDGES)


@given(st.lists(frames(), max_size=4))
def test_no_run_is_too_strange_to_read(seen: list[Frame]) -> None:
    made = Run(experiment(), history=history(*seen))
    for reading in READINGS.values():
        value = reading(made)
        assert value is None or isinstance(value, float)


def test_every_quantity_can_be_read() -> None:
    assert {name.split(".")[1] for name in READINGS} >= {*QUANTITIES, "gradient_over_time"}


@given(NUMBERS, NUMBERS)
def test_a_quotient_is_that_of_the_processor(above: float, below: float) -> None:
    import numpy as np

    with np.errstate(all="ignore"):
        expected = float(np.float64(above) / np.float64(abs(below)))
    assert quotient(above, abs(below)) == expected or math.isnan(expected)


@given(st.lists(POSITIVE, min_size=1, max_size=9))
def test_seeds_become_one_number(values: list[float]) -> None:
    assert over_seeds("median", values) == statistics.median(values)
    assert over_seeds("zeros", [*values, 0.0]) == 1 / (len(values) + 1)
    spread = over_seeds("spread", [value**2 for value in values])
    assert spread == pytest.approx(2 * statistics.pstdev([math.log(value) for value in values]), abs=1e-9)
    for how in ("median", "zeros", "spread"):
        assert over_seeds(how, [*values, None]) is None
    assert math.isnan(over_seeds("median", [*values, math.nan]) or 0)
    assert math.isnan(over_seeds("spread", [*values, 0.0]) or 0)
