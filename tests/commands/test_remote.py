"""The commands with an address on another machine."""

import json

import pytest
from click.testing import CliRunner

from gradtui.commands.loading import load, to_open
from gradtui.commands.main import main
from gradtui.core.presets.collection import find, shipped
from tests.remote.sshd import serving


@pytest.fixture(scope="module")
def box():
    with serving() as server, pytest.MonkeyPatch.context() as patch:
        (server.labs / "deep.toml").write_text(shipped()["tutorial"].read_text())
        (server.labs / "wrong.toml").write_text("[network]\ndepth = 'many'\n")
        patch.setenv("GRADTUI_SSH", f"ssh -F {server.config}")
        yield server


def called(*arguments):
    return CliRunner().invoke(main, arguments)


def test_a_preset_runs_from_there(box):
    there, here = (called("run", word, "--steps", "3", "--json") for word in ("box:deep.toml", "tutorial"))
    assert there.exit_code == here.exit_code == 0, there.output
    losses = [json.loads(result.stdout)["loss"]["last"] for result in (there, here)]
    assert losses[0] == losses[1]
    assert "Connecting to box" in there.stderr
    assert f"gradtui: The tutorial's program, from {box.labs}/deep.toml on box, sha256 " in there.stderr


def test_what_opens_remembers_address_and_text(box):
    preset = load("box:deep.toml", ("run.seed=7",))
    assert preset.origin is not None and preset.origin.place == f"ssh://box{box.labs}/deep.toml"
    assert preset.origin.text == shipped()["tutorial"].read_text()
    assert preset.experiment == find("tutorial").experiment.changed({"run.seed": 7})


@pytest.mark.parametrize(
    "word, opens",
    [
        ("box:deep.toml", "ssh://box/~/deep.toml"),
        ("ssh://ada@box:22/labs/", "ssh://ada@box:22/labs/"),
        ("labs", "labs"),
        ("./labs/", "./labs/"),
        ("tutorial", None),
        ("labs/mine.toml", None),
        ("x:y.toml", None),
        ("nothing", None),
    ],
)
def test_addresses_and_folders_are_left_to_the_app(tmp_path, monkeypatch, word, opens):
    monkeypatch.chdir(tmp_path)
    for folder in ("labs", "tutorial"):
        (tmp_path / folder).mkdir()
    (tmp_path / "x:y.toml").touch()
    assert to_open(word) == opens


def test_a_folder_lists_addresses_that_run(box):
    listed = json.loads(called("presets", "box:", "--json").stdout)
    assert listed == [f"ssh://box{box.labs}/{name}.toml" for name in ("deep", "wrong")]
    assert called("presets", "box:").stdout.split() == listed


@pytest.mark.parametrize(
    "arguments, status, said",
    [
        (["run", "box:absent.toml"], 4, "does not exist on box"),
        (["run", "box:"], 4, "is a folder"),
        (["presets", "box:deep.toml"], 4, "is a file"),
        (["run", "box:wrong.toml"], 2, "depth"),
        (["presets", "labs"], 2, "no host is named"),
    ],
)
def test_what_cannot_be_fetched_ends_with_its_own_status(box, arguments, status, said):
    result = called(*arguments)
    assert result.exit_code == status and said in result.stderr, result.output
