"""What Tab completes, in the shells that people use."""

import os
import shutil
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from gradtui.catalog.tables import CATALOGS
from gradtui.commands.main import main
from gradtui.commands.shells import Fish
from gradtui.core.presets.collection import find, known
from gradtui.core.presets.preset import changed
from gradtui.lessons.page import pages
from tests.terminal.harness import Terminal

README = Path(__file__).parents[2] / "README.md"
SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], "PS1='> ';"),
    "zsh": (["zsh", "-f", "-i"], "PROMPT='> '; autoload -U compinit; compinit -D -u; "),
    "fish": (["fish", "--no-config", "-i"], "function fish_prompt; echo '> '; end; "),
}
SWITCHED_ON = {
    line.partition("COMPLETE=")[2].partition("_")[0]: line.partition("  #")[0]
    for line in README.read_text().splitlines()
    if "_GRADTUI_COMPLETE=" in line
}


@pytest.fixture
def shell(tmp_path, request):
    """Starts a shell in an empty folder that holds `mine.toml`, with completion switched on as the README says."""
    program = tmp_path / "bin" / "gradtui"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m gradtui "$@"\n')
    program.chmod(0o755)
    home = tmp_path / "home"
    home.mkdir()
    (home / "mine.toml").write_text('title = "Mine"')

    def start(name):
        if name != "bash" and shutil.which(name) is None:
            pytest.skip(f"{name} is not installed here; .ci/run installs it")
        command, prompt = SHELLS[name]
        path = f"{program.parent}:{os.environ['PATH']}"
        env = {"PATH": path, "HOME": str(home), "PYTHONPATH": str(request.config.rootpath), "XDG_CONFIG_HOME": None}
        terminal = Terminal(command, size=(160, 50), env=env, cwd=home)
        request.addfinalizer(lambda: terminal.__exit__(None, None, None))
        terminal.send(f"{prompt}{SWITCHED_ON[name]}; clear; echo rea''dy\r".encode())
        terminal.wait_for("ready")
        return terminal

    return start


LINES = [
    ("gradtui verif", "gradtui verify "),
    ("gradtui healthy", "gradtui healthy-he "),
    ("gradtui --s", "gradtui --set "),
    ("gradtui min", "gradtui mine.toml "),
    ("gradtui run tutor", "gradtui run tutorial "),
    ("gradtui run ./mi", "gradtui run ./mine.toml "),
    ("gradtui explain vanish", "gradtui explain vanishing-gradients "),
    ("gradtui list optim", "gradtui list optimizers "),
    ("gradtui run tutorial --set task.sam", "gradtui run tutorial --set task.samples="),
    ("gradtui run tutorial --set task.samples=", "gradtui run tutorial --set task.samples=100 "),
    ("gradtui run tutorial --set optimizer.name=rm", "gradtui run tutorial --set optimizer.name=rmsprop "),
    ("gradtui run tutorial --set=run.shuffle=t", "gradtui run tutorial --set=run.shuffle=true "),
    (
        "gradtui healthy-he --set network.family=gru --set network.dep",
        "gradtui healthy-he --set network.family=gru --set network.depth=",
    ),
]


@pytest.mark.parametrize("name", SHELLS)
def test_tab_completes_a_line(shell, name):
    terminal = shell(name)
    for typed, completed in LINES:
        terminal.send(f"{typed}\t".encode())
        terminal.wait_for(f"> {completed}".rstrip())
        terminal.send(b"x")
        terminal.wait_for(f"> {completed}x")
        terminal.press("ctrl+u")
        terminal.wait_gone(completed.rstrip())


def offered(line):
    """The words that Tab offers at the end of a line."""
    *before, last = line.split(" ")
    return [item.value for item in Fish(main, {}, "gradtui", "_GRADTUI_COMPLETE").get_completions(before, last)]


COMMANDS = {name: command for name, command in main.commands.items() if not command.hidden}


def test_the_first_word_is_a_command_or_a_preset(own_presets):
    (own_presets / "my-own.toml").write_text('title = "My own"')
    assert offered("") == [*sorted(COMMANDS), *known()] and "my-own" in known()
    assert set(offered("-")) >= {"--set", "--fps", "--help", "--version"}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_argument_and_every_option_completes(name):
    arguments = [param for param in COMMANDS[name].params if isinstance(param, click.Argument)]
    assert bool(offered(f"{name} ")) == bool(arguments)
    assert set(offered(f"{name} --")) == {o for param in COMMANDS[name].params for o in param.opts if o.startswith("--")} | {
        "--help"
    }


def test_names_come_from_where_they_are_defined():
    assert set(offered("explain ")) == set(pages()) and set(offered("list ")) == set(CATALOGS)
    for name in ("run", "fix", "others", "show", "script", "verify", "verify tutorial", "explain dead-units --preset"):
        assert offered(f"{name} ") == list(known())


@pytest.mark.parametrize("name", ["tutorial", "adding-lstm", "transformer-pre-norm"])
def test_every_key_of_a_preset_completes_and_every_value_that_is_offered_can_be_set(name):
    preset = find(name)
    keys = {f"{table}.{key}=" for table, values in preset.experiment.tables().items() for key in values}
    assert set(offered(f"run {name} --set ")) == keys == set(offered(f"{name} --set "))
    for key in keys:
        words = offered(f"run {name} --set {key}")
        parameter = preset.experiment.parameter(key[:-1])
        assert words == [f"{key}{choice}" for choice in parameter.names] or len(words) == (2 if parameter.type is bool else 1)
        now = changed(preset, words).experiment if not parameter.names and parameter.type is not bool else preset.experiment
        assert now == preset.experiment


def test_what_was_set_before_decides_which_keys_apply():
    assert "optimizer.betas=" not in offered("run tutorial --set optimizer.b")
    assert "optimizer.betas=" in offered("run tutorial --set optimizer.name=adam --set optimizer.b")
    assert offered("run tutorial --set optimizer.betas=") == offered("run tutorial --set no-such.key=") == []


@pytest.mark.parametrize(
    "text", ["= =", "[network]\nfamily = 3", "network = 1", "a." * 9000 + "a = 1", "x = " + "[" * 9000, "\udcff"]
)
def test_a_file_that_is_no_preset_is_no_hindrance(own_presets, text):
    (own_presets / "hostile.toml").write_bytes(text.encode(errors="surrogateescape"))
    assert "hostile" in offered("run h")
    assert "network.family=" in offered("run hostile --set network.f")


def test_a_pipe_is_not_read(tmp_path):
    os.mkfifo(tmp_path / "pipe.toml")
    assert offered(f"run {tmp_path}/pipe.toml --set network.f") == ["network.family="]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["rum", "tutorial"], "There is no command called rum. Did you mean run?"),
        (["verfy"], "There is no command called verfy. Did you mean verify?"),
        (["prests", "--json"], "There is no command called prests. Did you mean presets?"),
        (["runn", "tutorial", "--steps", "5"], "There is no command called runn. Did you mean run?"),
        (["something", "tutorial"], "There is no command called something. `gradtui --help` lists them."),
        (["tutorial", "run"], "Got unexpected extra argument (run)"),
        (["helthy-he"], "Did you mean healthy-he?"),
        (["./run"], "run cannot be read"),
    ],
)
def test_a_mistyped_word_is_told_what_was_meant(words, said):
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 2 and said in result.stderr and result.stdout == ""


def test_the_help_holds_the_options_of_opening():
    told = CliRunner().invoke(main, ["--help"]).stdout
    assert all(option in told for option in ("--set KEY=VALUE", "--fps NUMBER", "[PRESET] | COMMAND"))
    assert all(f"  {name} " in told for name in COMMANDS)
