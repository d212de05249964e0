"""The presets that come with gradtui are what their words say."""

from __future__ import annotations

import re
import textwrap

import pytest

from gradtui.core.library import SUBJECTS, find, shipped
from gradtui.core.preset import parse

NAMES = list(shipped())


def test_every_preset_of_the_first_lab_is_there() -> None:
    assert {
        "tutorial",
        "vanishing-sigmoid",
        "exploding-normal",
        "healthy-he",
        "digits-deep-sigmoid",
        "digits-he",
        "momentum-tutorial",
        "rmsprop-tutorial",
        "adam-tutorial",
    } <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_preset_has_a_title_and_a_summary_that_fit_the_lab_and_a_source(name: str) -> None:
    preset = find(name)
    assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", name)
    assert 1 <= len(preset.title) <= 40
    assert len(re.findall(r"[.:?](?= |$)", preset.summary)) >= 2
    assert preset.summary.endswith(".")
    assert len(textwrap.wrap(preset.summary, 82)) <= 4
    assert preset.source and preset.subject in SUBJECTS
    assert parse(preset.toml(), name) == preset


def test_titles_tell_presets_apart() -> None:
    assert len({find(name).title for name in NAMES}) == len(NAMES)


def test_the_tutorial_is_its_program() -> None:
    made = find("tutorial").experiment
    assert made.network.values() == {
        "family": "mlp",
        "depth": 1,
        "width": 10,
        "activation": "relu",
        "initialization": "normal",
        "std": 1.0,
        "bias_std": 0.0,
        "normalization": "none",
        "residual": False,
        "branch_layers": 1,
        "residual_scale": False,
    }
    assert made.optimizer.values() == {"name": "sgd", "learning_rate": 0.01, "weight_decay": 0.0}
    assert made.task.values() == {"name": "uniform", "samples": 100, "features": 10, "loss": "mse"}
    assert (made.run.steps, made.run.batch_size, made.run.shuffle) == (100 * 1000, 1, False)
    assert (made.clip.by, made.schedule.name) == ("none", "constant")


@pytest.mark.parametrize("remedy", ["momentum", "rmsprop", "adam"])
def test_a_remedy_changes_the_optimizer_alone(remedy: str) -> None:
    made, tutorial = find(f"{remedy}-tutorial").experiment, find("tutorial").experiment
    assert made.optimizer.name == remedy
    assert all(key.startswith("optimizer.") for key in made.differences(tutorial))


@pytest.mark.parametrize(("sick", "healthy"), [("vanishing-sigmoid", "healthy-he"), ("digits-deep-sigmoid", "digits-he")])
def test_the_healthy_network_differs_in_activation_and_weights_alone(sick: str, healthy: str) -> None:
    differences = find(sick).experiment.differences(find(healthy).experiment)
    assert set(differences) == {"network.activation", "network.initialization"}
