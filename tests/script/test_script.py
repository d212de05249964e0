"""The commands `show` and `script`, and what a script is as text."""

import ast
import subprocess
import sys

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from gradtui.commands.main import main
from gradtui.core.experiments.experiment import experiment
from gradtui.core.experiments.refusal import Refused
from gradtui.core.presets.collection import find, shipped
from gradtui.core.presets.preset import Preset, parse
from gradtui.engine.training.trainer import train
from gradtui.script.whole import script
from tests.strategies import experiments


def invoke(*arguments):
    return CliRunner().invoke(main, arguments)


@pytest.mark.parametrize("name", shipped())
def test_show_prints_the_preset_as_it_stands(name):
    shown = invoke("show", name)
    assert shown.exit_code == 0
    assert parse(shown.stdout, "shown") == find(name)


def test_show_makes_the_changes_first():
    shown = parse(invoke("show", "tutorial", "--set", "network.depth=3").stdout, "shown")
    assert shown.experiment == find("tutorial").experiment.changed({"network.depth": 3})


def test_a_script_runs_by_itself(tmp_path):
    written = invoke("script", "digits-he", "--set", "run.steps=5")
    assert written.exit_code == 0
    (tmp_path / "digits.py").write_text(written.stdout)
    ran = subprocess.run([sys.executable, "-I", "digits.py"], cwd=tmp_path, capture_output=True, text=True, check=True)
    expected = [frame.loss.last for frame in train([find("digits-he").experiment.changed({"run.steps": 5})])]
    assert [float(line.split()[3]) for line in ran.stdout.splitlines()] == pytest.approx(expected, rel=1e-4)


def test_what_is_drawn_moves_to_the_gpu_before_the_optimizer_holds_it():
    text = invoke("script", "digits-he", "--set", "run.device=cuda", "--set", "network.initialization=lsuv").stdout
    places = [text.index(part) for part in ("model(inputs[:256])", 'model.to("cuda")', 'targets.to("cuda")', "optimizer =")]
    assert places == sorted(places)
    assert "cuda" not in invoke("script", "digits-he").stdout


@settings(max_examples=100)
@given(experiments())
def test_every_experiment_is_valid_python_without_us_or_refused_in_a_sentence(made):
    try:
        text = script(Preset(title="Any", experiment=made))
    except Refused as error:
        assert str(error).endswith(".")
        return
    tree = ast.parse(text)
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} <= {"math", "re", "numpy", "torch", "sklearn"}
    assert {"numpy", "torch"} <= imported


@given(st.text(), st.text(), st.sampled_from(["", '"""\nimport os\n"""', "\\", '\\"""', '"', '""""']))
def test_no_word_of_a_preset_becomes_code(title, summary, quotes):
    made = experiment()
    plain = ast.parse(script(Preset(title="Any", experiment=made)))
    hostile = ast.parse(script(Preset(title=title + quotes, summary=quotes + summary + quotes, source=quotes, experiment=made)))
    assert ast.get_docstring(hostile)
    assert list(map(ast.dump, hostile.body[1:])) == list(map(ast.dump, plain.body[1:]))


def test_what_has_no_script_is_refused_with_what_has():
    alone = invoke("script", "tutorial", "--set", "network.normalization=batch")
    assert alone.exit_code == 2
    assert "two samples a batch" in alone.stderr


@pytest.mark.parametrize("name", ["digits-he", "tutorial"])
@pytest.mark.parametrize("family", ["mlp", "cnn", "rnn", "gru", "lstm", "transformer"])
def test_a_script_is_formatted(name, family):
    made = find(name).experiment.changed({"network.family": family, "network.initialization": "xavier-normal"})
    text = script(Preset(title=name, experiment=made))
    assert max(map(len, text.splitlines())) <= 132
    assert not any(line != line.rstrip() for line in text.splitlines())
    checked = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "F,E,I,UP", "--line-length", "132", "-"]
    assert subprocess.run(checked, input=text, capture_output=True, text=True).returncode == 0
    tidy = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", "132", "-"]
    assert subprocess.run(tidy, input=text, capture_output=True, text=True, check=True).stdout == text
