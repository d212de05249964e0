"""The presets that come with gradtui are what their words say."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from gradtui.core.presets.collection import SUBJECTS, find, shipped
from gradtui.core.presets.expect import KNOWN
from gradtui.core.presets.preset import parse
from gradtui.core.presets.verified import expected

NAMES = list(shipped())
README = Path(__file__).parents[1] / "README.md"
DOCS = README.parent / "docs"


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


@pytest.mark.parametrize("name", NAMES)
def test_a_preset_says_what_a_reader_should_see_and_where_that_comes_from(name: str) -> None:
    claims = find(name).expect.claims
    assert claims
    for claim in claims:
        assert claim.known in KNOWN and len(claim.says) <= 100
        assert claim.known != "paper", "figures read in a paper need a person who has read it"
    assert len({claim.says for claim in claims}) == len(claims)


def test_a_page_shows_every_claim() -> None:
    page = re.sub(r" \((?:the run|\d+ of \d+ runs) ended after \d+ of \d+ steps\) \|", " |", (DOCS / "claims.md").read_text())
    rows = [
        f"| `{name}` | {claim.says} | {claim.source} [{claim.known}] | {expected(claim)} |"
        for name in NAMES
        for claim in find(name).expect.claims
    ]
    assert [row for row in rows if row not in page] == []
    assert page.count(" | holds |\n") == len(rows) and " | fails |\n" not in page


def test_the_examples_in_pages_are_presets() -> None:
    pages = [README, DOCS / "presets.md"]
    examples = [text for page in pages for text in re.findall(r"```toml\n(.*?)```", page.read_text(), re.S)]
    assert [len(parse(text, "page").expect.claims) for text in examples] == [0, 2]


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
