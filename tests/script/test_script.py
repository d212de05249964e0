"""The commands `show` and `script`, and what a script is as text."""

import ast
import contextlib
import io
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


BLOCK = ("attend.project", "attend.mix", "feed_forward.0", "feed_forward.2")
MATRICES = {
    "mlp": ("sine", [f"{at}.0.weight" for at in (1, 2)]),
    "rnn": ("adding", ["recurrent.weight_hh_l0", *(f"recurrent.weight_{kind}_l{at}" for at in (1, 2) for kind in ("ih", "hh"))]),
    "transformer": ("text", [f"blocks.{at}.{part}.weight" for at in range(3) for part in BLOCK]),
    "cnn": ("digits", []),
}
"""Which weights are hidden matrices in a script of three layers, by the names that its modules give them."""


@pytest.mark.parametrize(("family", "positions"), [*((family, None) for family in MATRICES), ("transformer", "fixed")])
def test_muon_gets_the_matrices_between_input_and_output(family, positions):
    task, matrices = MATRICES[family]
    network = {"family": family, "depth": 3, "width": 8, **({"positions": positions} if positions else {})}
    tables = {"network": network, "task": {"name": task}, "optimizer": {"name": "muon"}, "run": {"steps": 1}}
    names = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(script(Preset(title="Any", experiment=experiment(tables))), names)
    by_weight = {id(weight): name for name, weight in names["model"].named_parameters()}
    held = [
        [by_weight[id(weight)] for weight in optimizer.param_groups[0]["params"]]
        for optimizer in names.get("optimizers") or [names["optimizer"]]
    ]
    assert sorted(held[0]) == sorted(matrices) if matrices else len(held) == 1
    assert sorted(name for held_by_one in held for name in held_by_one) == sorted(by_weight.values())


@pytest.mark.parametrize(("width", "alone"), [(1, True), (1100, True), (1200, False), (4000, False)])
def test_a_script_of_a_small_network_takes_one_thread(width, alone):
    """Two square matrices of this width are multiplied and added, once forward and twice back, for each of 64 samples."""
    assert (2 * 3 * 64 * 2 * width**2 < 1e9) == alone
    made = experiment({"network": {"depth": 3, "width": width}})
    text = script(Preset(title="Any", experiment=made))
    assert text.count("torch.set_num_threads(1)") == alone


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
