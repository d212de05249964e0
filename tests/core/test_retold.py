"""A preset that is saved after changes says something true, and nothing of another experiment."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from gradtui.core.experiments.experiment import Experiment
from gradtui.core.presets.collection import find, shipped
from gradtui.core.presets.expect import NOTHING
from gradtui.core.presets.preset import Preset, changed, parse
from gradtui.core.presets.retold import called, retold
from gradtui.core.presets.saving import save, written
from tests.strategies import experiments


def test_what_others_said_of_another_experiment_is_not_said_of_this_one() -> None:
    preset = find("vanishing-sigmoid")
    assert preset.source and preset.expect != NOTHING
    made = retold(preset, preset.experiment.changed({"network.activation": "relu", "optimizer.name": "adam"}))
    assert made.title == "mlp 20x32, relu, adam, spirals"
    assert made.summary.startswith("Changed from Sigmoid, 20 layers deep: ")
    assert "activation relu" in made.summary and "optimizer adam" in made.summary
    assert made.source == "" and made.expect == NOTHING


def test_what_was_changed_on_the_command_line_counts_as_well() -> None:
    preset = find("vanishing-sigmoid")
    made = changed(preset, ["network.depth=30"])
    assert retold(made, made.experiment) == retold(preset, made.experiment) and "depth 30" in retold(made, made.experiment).summary


@given(st.sampled_from(sorted(shipped())))
def test_an_unchanged_preset_keeps_its_words(name: str) -> None:
    assert retold(find(name), find(name).experiment) == find(name)


@given(st.sampled_from(sorted(shipped())), experiments())
def test_any_change_is_told_and_reads_back(name: str, experiment: Experiment) -> None:
    made = retold(find(name), experiment)
    assert made.experiment == experiment
    if experiment != find(name).experiment:
        assert made.title == called(experiment) and made.source == "" and made.expect == NOTHING
        assert parse(written(made), "again") == made.model_copy(update={"origin": None})


def test_what_a_person_wrote_stays_and_what_was_written_for_them_is_written_anew(tmp_path: Path) -> None:
    first = find("vanishing-sigmoid")
    deeper, relu = first.experiment.changed({"network.depth": 30}), first.experiment.changed({"network.activation": "relu"})
    ours = save(retold(first, deeper), tmp_path / "ours.toml")
    assert retold(ours, relu).title == called(relu) and retold(ours, relu).summary.startswith(f"Changed from {ours.title}: ")
    theirs = Preset.model_validate(dict(ours) | {"title": "My thirty layers", "summary": "Look at layer 7.", "source": "Me, 2026"})
    again = retold(save(theirs.model_copy(update={"origin": None}), tmp_path / "theirs.toml"), relu)
    assert (again.title, again.summary, again.source) == ("My thirty layers", "Look at layer 7.", "Me, 2026")
