"""The real program, presets on a real SSH server, and ssh that asks in the same terminal."""

import re
import signal
import socket
import sys
from contextlib import ExitStack

import pytest

from gradtui.core.presets.collection import find, shipped
from gradtui.core.presets.preset import read
from tests.remote.sshd import serving
from tests.terminal.harness import Terminal

COMMENTED = "# from the box\n" + shipped()["healthy-he"].read_text()
TITLE = find("healthy-he").title


@pytest.fixture
def box():
    with serving() as server:
        (server.labs / "deep.toml").write_text(COMMENTED)
        server.own(server.labs, server.labs / "deep.toml")
        yield server


@pytest.fixture
def program(box, tmp_path):
    """Starts gradtui with these arguments where ssh knows the box."""
    with ExitStack() as opened:

        def start(*arguments, **options):
            env = {"GRADTUI_SSH": f"ssh -F {box.config}"}
            return opened.enter_context(Terminal([sys.executable, "-m", "gradtui", *arguments], cwd=tmp_path, env=env, **options))

        yield start


def left(t):
    t.press("q")
    assert t.exit_status() == 0
    t.assert_restored()
    t.wait_alone()


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_a_preset_is_opened_from_the_box_changed_and_saved_back(program, box, size):
    t = program(size=size)
    t.wait_for("Press Space")
    t.press("p")
    t.wait_for("About")
    t.press("o")
    t.wait_for("Open an address or a path")
    t.press("box:deep.toml", "enter")
    t.wait_for("Open this preset?", "sha256", "enter Open")
    t.press("enter")
    t.wait_gone("Open this preset?")
    t.wait_for("he-normal")
    t.press("1")
    t.wait_for("depth")
    t.press("down", "]")
    t.wait_for(re.compile(r"depth +21"))
    if size == (80, 24):
        t.press("escape")  # the form covers the notes here
        t.wait_for("mlp 21x32", "Press Space")
    t.press("w")
    t.wait_for("Save as a preset", "on box, over SSH")
    t.press("enter")
    t.wait_for("Saved as", "on box")
    left(t)
    assert (box.labs / "deep.toml").read_text().startswith("# from the box\n")
    assert read(box.labs / "deep.toml").experiment.network.depth > find("healthy-he").experiment.network.depth


def test_a_folder_on_the_command_line_is_listed(program):
    t = program("box:")
    t.wait_for("deep.toml", "Enter fetches it")
    t.press("enter")
    t.wait_for("Open this preset?", TITLE)
    t.press("enter")
    t.wait_gone("Open this preset?")
    t.wait_for("Press Space", "he-normal")
    left(t)


def test_a_folder_of_this_machine_on_the_command_line_is_listed(program, tmp_path):
    (tmp_path / "labs").mkdir()
    (tmp_path / "labs" / "mine.toml").write_text(COMMENTED)
    t = program("./labs/")
    t.wait_for(TITLE, "Presets in")
    t.press("enter")
    t.wait_for("Press Space", "he-normal")
    left(t)


def test_ssh_asks_in_the_terminal_and_is_not_asked_again(program, box):
    box.trust("")
    box.log_in_with_passphrase("open sesame")
    t = program("box:deep.toml")
    t.wait_for("First contact with box", "Host key verification failed", "t Connect in the terminal")
    t.press("t")
    t.wait_for("gradtui: ssh connects to box. Ctrl+C goes back.", "Are you sure you want to continue connecting")
    t.press("yes", "enter")
    t.wait_for("Enter passphrase for key")
    t.press("open sesame", "enter")
    t.wait_for("Open this preset?")
    t.press("enter", "w")
    t.wait_for("Save as a preset")
    t.press("enter")
    t.wait_for("Saved as")
    assert any("ControlPersist" in command or "[mux]" in command for command in t.survivors().values())
    left(t)


def test_ctrl_c_while_ssh_asks_goes_back_to_the_app(program, box):
    box.trust("")
    t = program("box:deep.toml")
    t.wait_for("First contact with box")
    t.press("t")
    t.wait_for("Are you sure you want to continue connecting")
    t.press("ctrl+c", "enter")  # a ctrl+c that comes before ssh reads counts once it does
    t.wait_for("First contact with box", "esc Back")
    assert not box.known.read_text()
    t.press("escape")
    t.wait_gone("First contact")
    left(t)


def test_a_changed_key_cannot_be_skipped(program, box):
    box.trust((box.home / "stranger.pub").read_text())
    t = program("box:deep.toml")
    t.wait_for("The key of box changed", "REMOTE HOST IDENTIFICATION HAS CHANGED", "enter Try again  esc Back")
    t.press("t", "escape")
    t.wait_gone("The key of box changed")
    left(t)


@pytest.mark.parametrize("asking", [False, True])
def test_a_signal_ends_app_and_ssh(program, box, asking):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        box.trust("")
        t = program("box:deep.toml" if asking else f"ssh://127.0.0.1:{silent.getsockname()[1]}/x")
        if asking:
            t.wait_for("First contact with box")
            t.press("t")
            t.wait_for("Are you sure you want to continue connecting")
        else:
            t.wait_for("Connecting to 127.0.0.1", "esc Cancel")
        t.signal(signal.SIGTERM)
        assert t.exit_status() == 143
        t.assert_restored()
        t.wait_alone()


def test_a_silent_port_is_left_with_escape(program):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        t = program(f"ssh://127.0.0.1:{silent.getsockname()[1]}/x")
        t.wait_for("Connecting to 127.0.0.1", "esc Cancel")
        t.press("escape")
        t.wait_gone("Connecting to")
        t.wait_for(re.compile("Press Space"))
        assert not any(command.startswith("ssh ") for command in t.survivors().values())
        left(t)
