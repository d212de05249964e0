"""Fetching from a real SSH server: what comes, and what is said where nothing does."""

import hashlib
import os
import shutil
import socket
from dataclasses import replace

import pytest

from gradtui.core.presets.collection import shipped
from gradtui.core.presets.preset import LARGEST
from gradtui.remote.address import parse
from gradtui.remote.connection import Cancelled
from gradtui.remote.failures import RemoteFailure
from gradtui.remote.fetch import File, Folder, fetch
from tests.remote.sshd import Server, free_port, serving

TEXT = shipped()["tutorial"].read_text()
AWKWARD = "$(touch x) `id`; 'a' \"b\" & *?#%ü ~.toml"


@pytest.fixture(scope="module")
def box():
    with serving() as server:
        labs = server.labs
        (labs / "deep.toml").write_text(TEXT)
        (labs / AWKWARD).write_text(TEXT)
        (labs / "notes.txt").write_text("no preset")
        (labs / "huge.toml").write_bytes(b"#" * (LARGEST + 1))
        (labs / "largest.toml").write_bytes(b"#" * LARGEST)
        (labs / "latin.toml").write_bytes(b"# \xe9")
        (labs / "denied.toml").write_text(TEXT)
        (labs / "denied.toml").chmod(0)
        (labs / "empty").mkdir()
        os.mkfifo(labs / "pipe.toml")
        yield server


@pytest.fixture
def at(box: Server, monkeypatch):
    """Addresses on the server, which ssh knows and lets in."""
    monkeypatch.setenv("GRADTUI_SSH", f"ssh -F {box.config}")
    yield parse
    box.trust((box.home / "host.pub").read_text())
    box.log_in_with("user")


def refused(address, **arguments) -> RemoteFailure:
    with pytest.raises(RemoteFailure) as caught:
        fetch(address, **arguments)
    return caught.value


@pytest.mark.parametrize("form", ["box:deep.toml", "ssh://box/~/deep.toml", "box:{labs}/deep.toml", "ssh://box{labs}/deep.toml"])
def test_a_file_comes_in_every_form_of_address(at, box, form):
    stages = []
    found = fetch(at(form.format(labs=box.labs)), stages.append)
    assert isinstance(found, File) and found.text == TEXT
    assert found.preset().origin.sha256 == hashlib.sha256(TEXT.encode()).hexdigest()
    assert found.address.path == str(box.labs / "deep.toml") and parse(str(found.address)) == found.address
    assert len(stages) == 2 and "box" in stages[0]


def test_a_file_comes_through_a_jump_host(at):
    found = fetch(at("inner:deep.toml"))
    assert isinstance(found, File) and found.text == TEXT


def test_characters_that_mean_something_to_a_shell_mean_nothing(at, box):
    before = sorted(os.listdir(box.labs))
    found = fetch(replace(at("box:x"), path=AWKWARD))
    assert isinstance(found, File) and found.text == TEXT
    assert fetch(parse(str(found.address))) == found
    assert sorted(os.listdir(box.labs)) == before


def test_a_file_of_exactly_the_largest_size_comes_whole(at):
    found = fetch(at("box:largest.toml"))
    assert isinstance(found, File) and len(found.text) == LARGEST


def test_a_folder_lists_its_presets(at, box):
    found = fetch(at("box:"))
    assert isinstance(found, Folder) and found.address.path == str(box.labs)
    assert found.names == tuple(sorted(name for name in os.listdir(box.labs) if name.endswith(".toml")))
    assert fetch(at("box:empty/")) == Folder(at(f"box:{box.labs}/empty"), ())
    assert isinstance(fetch(found.address.child("deep.toml")), File)


@pytest.mark.parametrize(
    "name, said",
    [
        ("absent.toml", "absent.toml does not exist on box"),
        ("denied.toml", "denied.toml may not be read on box"),
        ("huge.toml", "larger than 32 KiB"),
        ("pipe.toml", "neither a regular file nor a folder"),
        ("latin.toml", "not UTF-8 text (byte 2)"),
    ],
)
def test_what_is_no_preset_is_refused(at, name, said):
    assert said in refused(at(f"box:{name}")).sentence


def test_an_unknown_key_asks_the_user(at, box):
    box.trust("")
    error = refused(at("box:deep.toml"))
    assert error.sentence == "First contact with box: check its fingerprint in the terminal."
    assert error.asks == at("box:deep.toml")
    assert "Host key verification failed" in error.details and not box.known.read_text()


def test_a_changed_key_is_final(at, box):
    box.trust((box.home / "stranger.pub").read_text())
    error = refused(at("box:deep.toml"))
    assert error.sentence.startswith("The key of box changed. Not connected.") and not error.asks
    assert "REMOTE HOST IDENTIFICATION HAS CHANGED" in error.details


def test_a_revoked_key_is_final(at, box):
    box.trust((box.home / "host.pub").read_text(), "@revoked ")
    error = refused(at("box:deep.toml"))
    assert error.sentence.startswith("The key of box is revoked. Not connected.") and not error.asks


def test_an_unknown_key_that_may_not_be_asked_about_is_final(at, box):
    box.trust("")
    box.config.write_text(box.config.read_text().replace("Host box", "Host box\n  StrictHostKeyChecking yes"))
    error = refused(at("box:deep.toml"))
    assert "unknown, and your ssh configuration forbids to ask" in error.sentence and not error.asks


def test_a_refused_key_is_named(at, box):
    box.log_in_with("stranger")
    error = refused(at("box:deep.toml"))
    assert "refused your key" in error.sentence and "ssh-add" in error.sentence and error.asks
    assert "Permission denied (publickey)" in error.details


def test_a_shell_that_talks_is_named():
    sftp_server = shutil.which("sftp-server", path="/usr/lib/openssh:/usr/libexec/openssh:/usr/lib/ssh:/usr/libexec")
    with serving(f"sh -c 'echo Welcome to the box; exec {sftp_server}'") as noisy, pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADTUI_SSH", f"ssh -F {noisy.config}")
        error = refused(parse("box:"))
    assert "prints text at login" in error.sentence, error


def test_a_port_where_nothing_listens_is_named():
    port = free_port()
    assert refused(parse(f"ssh://127.0.0.1:{port}/x")).sentence == f"127.0.0.1 is up, but nothing answers on port {port}."


def test_a_silent_port_is_left_in_time_and_can_be_left_at_once():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = parse(f"ssh://127.0.0.1:{silent.getsockname()[1]}/x")
        assert refused(address, seconds=0.5).sentence == "No answer from 127.0.0.1 within 0.5 s."
        with pytest.raises(Cancelled):
            fetch(address, cancelled=lambda: True)


def test_an_unknown_host_is_named(tmp_path, monkeypatch):
    said = "ssh: Could not resolve hostname nowhere.invalid: Name or service not known"
    program = tmp_path / "ssh"
    program.write_text(f"#!/bin/sh\necho '{said}' >&2\nexit 255\n")
    program.chmod(0o755)
    monkeypatch.setenv("GRADTUI_SSH", str(program))
    error = refused(parse("nowhere.invalid:x"))
    assert error.sentence == "No host called nowhere.invalid. Check the name or ~/.ssh/config." and error.details == said


@pytest.mark.parametrize("program", ["", "'", "/nowhere/ssh"])
def test_a_program_that_cannot_be_started_is_named(monkeypatch, program):
    monkeypatch.setenv("GRADTUI_SSH", program)
    assert "GRADTUI_SSH" in refused(parse("box:")).sentence or "/nowhere/ssh cannot be started" in refused(parse("box:")).sentence
