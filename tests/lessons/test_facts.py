"""Facts against what they are by definition: powers, simulated steps, and torch's own optimizers."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
import torch
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from gradtui.catalog.optimizers import OPTIMIZERS
from gradtui.core.experiments.experiment import Experiment, experiment
from gradtui.core.measured.frame import Frame, Spread
from gradtui.core.measured.history import History
from gradtui.core.measured.run import Run
from gradtui.core.text import number
from gradtui.diagnosis.readings import guessing
from gradtui.engine.target import resolve
from gradtui.engine.training.trainer import prepare
from gradtui.lessons.facts import FACTS, initial, measured, optimizing
from tests.diagnosis.cases import started
from tests.strategies import experiments


def deep(**network: object) -> Run:
    return Run(experiment({"network": {"depth": 20, "width": 256, **network}}))


def test_the_tutorials_question_with_its_numbers() -> None:
    run = deep(activation="sigmoid", initialization="xavier-normal")
    assert initial.plain_factor(run) == pytest.approx(math.sqrt(0.0557), rel=2e-3)
    assert initial.end_to_end(run) == pytest.approx(0.0557 ** (19 / 2), rel=0.02)


@pytest.mark.parametrize("task", [{"name": "digits"}, {"name": "uniform", "features": 256}, {"name": "spirals", "loss": "mse"}])
def test_a_page_says_what_the_bars_and_the_findings_say(task: dict[str, object]) -> None:
    """Theory from the samples' own sizes, once the run has begun, and the loss of guessing that the rules judge by."""
    network = {"depth": 8, "width": 256, "activation": "silu", "initialization": "he-normal"}
    made = experiment({"network": network, "task": task})
    run = Run(made, prepare([made]).started())
    assert initial.end_to_end(run) == run.predicted[0] != initial.end_to_end(Run(made))
    assert FACTS["guessing_loss"].value(run) == number(guessing(run))
    assert FACTS["guessing_loss"].value(Run(made)) is None


@settings(suppress_health_check=[HealthCheck.filter_too_much])  # theory is silent of many families
@given(experiments())
def test_the_factor_to_the_power_of_the_crossings_is_the_whole(made: Experiment) -> None:
    run = Run(made)
    whole, factor = initial.end_to_end(run), initial.factor(run)
    assert (whole is None) == (factor is None)
    assume(whole is not None and factor is not None and 0 < whole < math.inf)
    assert math.log(factor) * (made.network.depth - 1) == pytest.approx(math.log(whole), abs=1e-6)


def test_relu_with_he_weights_keeps_its_gradient_at_any_depth() -> None:
    run = deep(activation="relu", initialization="he-normal")
    assert initial.factor(run) == pytest.approx(1)
    assert initial.limit_depth(run) == math.inf
    assert FACTS["limit_depth"].value(run) == "never"


def test_a_default_sigmoid_leaves_32_bits_near_layer_fifty() -> None:
    depth = initial.limit_depth(deep(activation="sigmoid", initialization="default"))
    assert depth is not None and 45 < depth < 60


@pytest.mark.parametrize(("depth", "width", "bound"), [(10, 2, 0.925), (20, 2, 0.996)])
def test_the_bound_on_death_at_birth_is_lus(depth: int, width: int, bound: float) -> None:
    assert initial.dead_bound(deep(depth=depth, width=width)) == pytest.approx(bound, abs=1e-3)


def stepped(made: Experiment, gradient: object, steps: int) -> list[float]:
    """The places of one weight that begins at 1, in torch's own optimizer."""
    weight = torch.ones(1, dtype=torch.float64, requires_grad=True)
    choice = OPTIMIZERS[made.optimizer.name]
    parameters = {key: value for key, value in made.optimizer.values().items() if key != "name"}
    optimizer = resolve(choice)([weight], **choice.arguments(parameters))
    places = [1.0]
    for _ in range(steps):
        weight.grad = torch.tensor([gradient(places[-1])], dtype=torch.float64)
        optimizer.step()
        places.append(weight.item())
    return places


@pytest.mark.parametrize("name", ["sgd", "momentum", "heavy-ball", "nesterov"])
@pytest.mark.parametrize("part", [0.97, 1.03])
def test_the_limit_of_rate_times_curvature_is_where_steps_stop_closing_in(name: str, part: float) -> None:
    limit = optimizing.curvature_limit(Run(experiment({"optimizer": {"name": name}})))
    made = experiment({"optimizer": {"name": name, "learning_rate": 0.1}})
    places = stepped(made, lambda place: part * limit / 0.1 * place, 3000)
    assert (abs(places[-1]) < 1e-3) == (part < 1)


@pytest.mark.parametrize("name", ["sgd", "momentum", "heavy-ball", "nesterov", "rmsprop", "adam", "adamw", "adagrad", "lion"])
@pytest.mark.parametrize("gradient", [0.5, 2.0])
def test_first_and_settled_steps_are_as_long_as_is_said(name: str, gradient: float) -> None:
    made = experiment({"optimizer": {"name": name, "learning_rate": 1e-6}})
    if "weight_decay" in made.optimizer.values():
        made = made.changed({"optimizer.weight_decay": 0.0})
    places = stepped(made, lambda place: gradient, 3000)
    lengths = [(before - after) / 1e-6 for before, after in pairwise(places)]
    for words, length in (
        (optimizing.first_length(Run(made)), lengths[0]),
        (optimizing.settled_length(Run(made)), lengths[-1]),
    ):
        if words is not None:
            assert length == pytest.approx(said(words, gradient), rel=0.01)


def said(words: str, gradient: float) -> float:
    """The length in words as a number: `(1 - 0.9) |grad|`, `10.0 |grad|`, `1, whatever the gradient`."""
    if words.startswith("1, whatever"):
        return 1.0
    number = words.rpartition("= ")[2].removesuffix("|grad|").strip().strip("()")
    left, sign, right = number.partition(" + " if "+" in number else " - ")
    value = float(left or 1) + (float(f"{sign.strip()}{right}") if sign else 0)
    return value * gradient if words.endswith("|grad|") else value


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_memory_reaches_as_far_back_as_what_torch_keeps_of_one_gradient(name: str) -> None:
    made = experiment({"optimizer": {"name": name}})
    if name == "rmsprop":
        made = made.changed({"optimizer.momentum": 0.8})
    choice, weight = OPTIMIZERS[name], torch.ones(2, 2, requires_grad=True)
    parameters = {key: value for key, value in made.optimizer.values().items() if key != "name"}
    optimizer, kept = resolve(choice)([weight], **choice.arguments(parameters)), []
    for gradient in (1.0, 0.0):
        weight.grad = torch.full((2, 2), gradient)
        optimizer.step()
        state = optimizer.state[weight]
        kept += [state[key][0, 0].item() for key in ("momentum_buffer", "exp_avg", "average") if key in state]
    expected = f"{1 / (1 - kept[1] / kept[0]):.3g}" if kept else None
    reached = optimizing.averaged_steps(Run(made))
    assert (reached and float(reached)) == (expected and float(expected))


def history(losses: list[float], validation: dict[int, float] | None = None) -> History:
    made = History()
    for step, loss in enumerate(losses, 1):
        spread = Spread(last=loss, low=loss, mean=loss, high=loss)
        made.add(
            Frame(
                step=step,
                loss=spread,
                gradient_norm=spread,
                learning_rate=0.01,
                layers={"activation_gradient": (0.001, None, 0.1, 1.0), "dead": (0.0, 0.5, None, None)},
                validation_loss=(validation or {}).get(step),
                gradient_over_time=(0.02, 0.1, 0.2),
            )
        )
    return made


@given(st.integers(5, 100), st.floats(0.1, 100), st.floats(0.01, 1))
def test_the_trend_compares_the_last_two_quarters(quarter: int, before: float, part: float) -> None:
    run = Run(experiment({}), history=history([before] * 3 * quarter + [part * before] * quarter))
    assert measured.trend(run) == pytest.approx(100 * (1 - part), abs=1e-6)


def test_measured_facts_are_the_frames_numbers() -> None:
    losses = [1.0, 2.0] * 12 + [math.nan]
    run = Run(experiment({}), started(3), history(losses, {3: 0.7, 9: 0.5, 20: 0.9}))
    assert measured.broken_step(run) == 25
    assert measured.rises(run) == pytest.approx(12 / 24)
    assert measured.best_validation(run) == (0.5, 9)
    assert measured.across(run.history.newest, "activation_gradient") == pytest.approx(0.01)
    assert measured.extreme(run, "dead") == "0.500 in layer 2"
    assert measured.extreme(run, "dead", smallest=True) == "0 in layer 1"
    assert measured.over_time(run) == pytest.approx(0.1)
