"""What published tools say: none raises, whatever a run holds, and each keeps to its own thresholds."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradtui.core.experiments.experiment import Experiment, experiment
from gradtui.core.measured.finding import RULES, Finding
from gradtui.core.measured.frame import Frame, Spread
from gradtui.core.measured.history import History
from gradtui.core.measured.protocol import Started
from gradtui.core.measured.run import Run
from gradtui.diagnosis.published import Remark
from gradtui.diagnosis.published.registry import PUBLISHED
from gradtui.diagnosis.published.table import compared, grid, in_words
from gradtui.engine.training.trainer import prepare
from tests.strategies import experiments, frames


def case(*shown: Frame, made: Experiment | None = None, layers: int = 3, **tables: Any) -> Run:
    history = History()
    for one in shown:
        history.add(one)
    names = (*map(str, range(1, layers)), "out")
    started = Started(run=1, device="cpu", weights=1, layers=names, predicted=((None,) * layers,))
    return Run(made or experiment({"network": {"depth": layers - 1, "activation": "relu"}, **tables}), started, history)


def frame(step: int = 1, loss: float = 1.0, norm: float = 1.0, accuracy: float | None = None, **fields: Any) -> Frame:
    losses, norms = (Spread(last=value, low=value, mean=value, high=value) for value in (loss, norm))
    layers = {name: fields.pop(name) for name in list(fields) if name != "validation_loss"}
    return Frame(
        step=step, loss=losses, gradient_norm=norms, learning_rate=0.01, layers=layers, validation_accuracy=accuracy, **fields
    )


def remark(tool: str, rule: str, given: Run) -> Remark:
    return next(one for one in PUBLISHED[tool].judge(given) if one.rule == rule)


@given(experiments(), st.integers(0, 6), st.booleans(), st.data())
def test_no_tool_raises_whatever_a_run_holds(made: Experiment, count: int, repeated: bool, data: st.DataObject) -> None:
    shown = [data.draw(frames()) for _ in range(count)]
    spread = [one.model_copy(update={"step": 1 + at}) for at, one in enumerate(shown * (30 if repeated else 1))]
    for tool in PUBLISHED.values():
        remarks = tool.judge(case(*spread, made=made))
        assert len({one.rule for one in remarks}) == len(remarks), tool.name
        for one in remarks:
            assert one.rule in RULES and one.words and one.says in (True, False, None)
            assert one.words.startswith("cannot tell: ") == (one.says is None)


def test_before_the_first_step_no_tool_speaks() -> None:
    assert not any(one.says for tool in PUBLISHED.values() for one in tool.judge(case()))


BY_LAYER = [
    ("SageMaker Debugger", "vanishing-gradients", "mean_weight_gradient", 0.9e-7, 1.1e-7),
    ("SageMaker Debugger", "dead-units", "rarely_active", 0.51, 0.5),
    ("SageMaker Debugger", "learning-rate-too-high", "update_ratio", 10.1, 9.9),
    ("SageMaker Debugger", "learning-rate-too-low", "update_ratio", 0.9e-8, 1.1e-8),
    ("DeepDiagnosis", "vanishing-gradients", "mean_weight_gradient", 0.9e-7, 1.1e-7),
    ("nn-htop", "vanishing-gradients", "activation_gradient", 0.9e-5, 1.1e-5),
    ("nn-htop", "exploding-gradients", "activation_gradient", 1001.0, 999.0),
    ("nn-htop", "dead-units", "activation_mean", -0.9e-7, -1.1e-7),
    ("torchdiag", "vanishing-gradients", "largest_weight_gradient", 0.9e-7, 1.1e-7),
    ("torchdiag", "exploding-gradients", "largest_weight_gradient", 101.0, 99.0),
    ("torchdiag", "dead-units", "dead", 0.21, 0.2),
]


@pytest.mark.parametrize(("tool", "rule", "quantity", "speaks", "silent"), BY_LAYER)
def test_one_layer_beyond_the_threshold_is_enough(tool: str, rule: str, quantity: str, speaks: float, silent: float) -> None:
    healthy = (0.05, 0.05, 0.05)
    loud = remark(tool, rule, case(frame(1, **{quantity: healthy}), frame(7, **{quantity: (0.05, speaks, 0.05)})))
    assert loud.says and "layer 2" in loud.words
    assert remark(tool, rule, case(frame(1, **{quantity: (0.05, silent, 0.05)}))).says is False
    assert remark(tool, rule, case(frame(1))).says is None


def test_the_first_step_at_which_a_tool_spoke() -> None:
    shown = [frame(step, mean_weight_gradient=(1e-9 if step >= 40 else 1.0, 1.0, 1.0)) for step in range(10, 100, 10)]
    assert remark("SageMaker Debugger", "vanishing-gradients", case(*shown)).words.endswith("first at step 40")


@pytest.mark.parametrize(
    ("tool", "quantity", "activation", "threshold"),
    [("SageMaker Debugger", "stuck", "tanh", 0.5), ("DeepDiagnosis", "beyond_five", "sigmoid", 0.5)],
)
def test_saturation(tool: str, quantity: str, activation: str, threshold: float) -> None:
    network = {"network": {"depth": 2, "activation": activation}}
    assert remark(tool, "saturated-units", case(frame(1, **{quantity: (threshold + 0.01, 0.0, None)}), **network)).says
    assert remark(tool, "saturated-units", case(frame(1, **{quantity: (threshold, 0.0, None)}), **network)).says is False
    assert remark(tool, "saturated-units", case(frame(1))).says is False


LEARNING, STUCK = [0.2, 0.5, 0.9], [0.3, 0.3, 0.3]


def autotrainer(rule: str, accuracies: list[float], until: int = 2000, task: str = "spirals", **last: Any) -> Remark:
    at = [until * (1 + i) // len(accuracies) for i in range(len(accuracies))]
    shown = [frame(step, accuracy=accuracy if task == "spirals" else None) for step, accuracy in zip(at, accuracies, strict=True)]
    newest = frame(at[-1] + 1, **last) if last else shown[-1]
    return remark("AUTOTRAINER", rule, case(*shown, newest, task={"name": task}, run={"steps": 2000}))


@pytest.mark.parametrize(
    ("rule", "norms"),
    [
        ("vanishing-gradients", {"weight_gradient": (0.9e-4, 0.01, 1.0)}),
        ("exploding-gradients", {"weight_gradient": (71.0, 10.0, 1.0)}),
        ("dead-units", {"zero_weight_gradients": (0.3, 0.3, 0.1)}),
    ],
)
def test_autotrainer_speaks_of_gradients_where_the_accuracy_stays_low(rule: str, norms: dict[str, tuple[float, ...]]) -> None:
    assert autotrainer(rule, STUCK, **norms).says
    assert autotrainer(rule, LEARNING, **norms).says is False
    assert autotrainer(rule, STUCK, until=500, **norms).says is False
    assert autotrainer(rule, STUCK, task="sine", **norms).says is None
    assert autotrainer(rule, STUCK, weight_gradient=(0.9e-4, 0.01, 0.01), zero_weight_gradients=(0.3, 0.3, 0.09)).says is False


def test_autotrainer_judges_accuracies() -> None:
    assert autotrainer("learning-rate-too-low", STUCK).says and autotrainer("learning-rate-too-low", LEARNING).says is False
    assert autotrainer("loss-oscillating", [0.5, 0.9] * 10).says
    assert autotrainer("loss-oscillating", [0.5, 0.52] * 10).says is False
    assert autotrainer("loss-oscillating", [0.5, 0.6, 0.7, 0.8, 0.9]).says is False


def test_sagemaker_compares_losses_ten_steps_apart() -> None:
    def says(*losses: float) -> bool | None:
        return remark(
            "SageMaker Debugger", "loss-not-decreasing", case(*(frame(10 * at + 1, one) for at, one in enumerate(losses)))
        ).says

    assert says(1.0, 0.9995) and says(1.0, 0.5, 0.6)
    assert says(1.0, 0.998) is False
    assert says(1.0) is None


def test_sagemaker_compares_validation_and_training_losses() -> None:
    assert remark("SageMaker Debugger", "overfitting", case(frame(1, 1.0, validation_loss=1.11))).says
    assert remark("SageMaker Debugger", "overfitting", case(frame(1, 1.0, validation_loss=1.09))).says is False


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_numbers_that_are_not_finite(bad: float) -> None:
    broken = case(frame(1, bad, bad, activation_mean=(bad, bad, bad)))
    assert all(remark(tool, "non-finite", broken).says for tool in PUBLISHED)
    healthy = case(frame(1, activation_mean=(0.1, 0.1, 0.1)))
    assert all(remark(tool, "non-finite", healthy).says is False for tool in PUBLISHED)


def test_deepdiagnosis_waits_for_the_last_epoch_and_for_losses_that_stay() -> None:
    early, late = (case(frame(step, inactive=(0.7, 0.2, None)), run={"steps": 100}) for step in (50, 100))
    assert remark("DeepDiagnosis", "dead-units", early).says is False and remark("DeepDiagnosis", "dead-units", late).says
    for change, says in ((0.0, True), (1e-6, False)):
        shown = case(*(frame(1 + at, validation_loss=1.0 + change * at) for at in range(5)))
        assert remark("DeepDiagnosis", "loss-not-decreasing", shown).says is says


@pytest.mark.parametrize(
    ("activation", "spoken"),
    [("sigmoid", {"SageMaker Debugger", "DeepDiagnosis", "AUTOTRAINER", "nn-htop", "torchdiag"}), ("relu", set())],
)
def test_a_deep_sigmoid_network_is_called_vanishing_and_a_shallow_one_of_relu_is_not(activation: str, spoken: set[str]) -> None:
    """In a real run: the quantities that the tools look at are measured."""
    depth = 20 if activation == "sigmoid" else 2
    network = {"depth": depth, "width": 16, "activation": activation, "initialization": "xavier-normal"}
    made = experiment({"network": network, "run": {"steps": 100, "device": "cpu"}})
    training = prepare([made])
    history = History()
    for one in training.frames():
        history.add(one)
    given = Run(made, training.started(), history)
    assert {name for name in PUBLISHED if remark(name, "vanishing-gradients", given).says} == spoken


@given(experiments(), st.integers(0, 4), st.data())
def test_the_table_has_a_row_for_every_rule_and_fits_a_narrow_screen(made: Experiment, count: int, data: st.DataObject) -> None:
    shown = [data.draw(frames()).model_copy(update={"step": 1 + at}) for at in range(count)]
    table = compared(case(*shown, made=made))
    lines = grid(table)
    assert [row.rule for row in table.rows] == list(RULES) and len(lines) == len(RULES) + 2
    assert max(map(len, lines)) <= 76
    assert all(line.isprintable() for line in in_words("A run", table).splitlines())


def test_a_finding_of_ours_stands_in_the_table_until_it_is_over() -> None:
    found = Finding(rule="dead-units", severity="warning", step=3, what="Units are dead", evidence="All.", meaning="", source="")
    for finding, says in (
        (found, True),
        (found.model_copy(update={"until": 9}), False),
        (found.model_copy(update={"severity": "info"}), False),
    ):
        row = next(
            row
            for row in compared(replace(case(frame(dead=(0.0, 0.0, None))), findings=(finding,))).rows
            if row.rule == "dead-units"
        )
        assert row.opinions[0].says is says
