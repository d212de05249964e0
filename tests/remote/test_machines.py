"""Presets from anywhere by one word, and logins that are kept for what comes after."""

import os
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

import pytest

from gradtui.core.presets.collection import Shelf, Unread, find, shipped
from gradtui.core.presets.preset import Preset, UnreadablePreset
from gradtui.remote.address import BadAddress, parse
from gradtui.remote.failures import RemoteFailure
from gradtui.remote.machines import Machines
from tests.remote.sshd import serving

TEXT = shipped()["tutorial"].read_text()


@pytest.fixture(scope="module")
def box():
    with serving() as server, pytest.MonkeyPatch.context() as patch:
        for name in ("deep.toml", "a b.toml", "two\nlines.toml"):
            (server.labs / name).write_text(TEXT)
        patch.setenv("GRADTUI_SSH", f"ssh -F {server.config}")
        yield server


@pytest.fixture
def machines():
    found = Machines()
    yield found
    found.close()


def opened(machines, word):
    return machines.open(word, lambda line: None, lambda: False)


def test_a_preset_far_away_says_where_it_came_from(machines, box):
    preset = opened(machines, "box:deep.toml")
    assert isinstance(preset, Preset) and preset == find("tutorial")
    assert (preset.origin.host, preset.origin.path) == ("box", str(box.labs / "deep.toml"))
    assert preset.origin.words == f"{box.labs}/deep.toml on box, sha256 {preset.origin.sha256[:12]}"


def test_a_folder_far_away_lists_what_can_be_opened(machines, box):
    shelf = opened(machines, "box:")
    assert isinstance(shelf, Shelf) and shelf.place == f"{box.labs} on box"
    assert [entry.title for entry in shelf.entries] == ["a b.toml", "deep.toml", "two lines.toml"]
    assert all(isinstance(entry, Unread) and entry.preset is None for entry in shelf.entries)
    assert opened(machines, shelf.entries[0].name) == find("tutorial")
    with pytest.raises(BadAddress, match="control characters"):
        opened(machines, shelf.entries[2].name)


def test_words_for_this_machine_start_no_ssh(machines, tmp_path, monkeypatch):
    monkeypatch.setenv("GRADTUI_SSH", "/nowhere/ssh")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x:y.toml").write_text(TEXT)
    (tmp_path / "tutorial").mkdir()
    assert opened(machines, "x:y.toml") == opened(machines, "tutorial") == opened(machines, "./x:y.toml") == find("tutorial")
    for word in (".", str(tmp_path)):
        shelf = opened(machines, word)
        assert [entry.preset for entry in shelf.entries] == [find("tutorial")]
    assert opened(machines, "./tutorial") == Shelf("tutorial", ())
    with pytest.raises(UnreadablePreset):
        opened(machines, "nothing.toml")
    with pytest.raises(RemoteFailure, match="/nowhere/ssh cannot be started"):
        opened(machines, "box:deep.toml")


def test_a_login_is_shared_with_what_comes_after_in_a_private_folder_and_ended(machines, box):
    address = parse("box:deep.toml")
    argv = machines.login(address)
    subprocess.run(argv, check=True, stdin=subprocess.DEVNULL)
    shared = Path(argv[argv.index("-S") + 1])
    assert stat.S_IMODE(shared.parent.stat().st_mode) == 0o700 and shared.parent.stat().st_uid == os.geteuid()
    box.log_in_with("stranger")
    try:
        assert opened(machines, "box:deep.toml") == opened(machines, f"ssh://box{box.labs}/deep.toml") == find("tutorial")
        assert opened(machines, "box:").entries
        with pytest.raises(RemoteFailure, match="refused your key"):
            opened(machines, "inner:deep.toml")
        machines.close()
        assert not shared.parent.exists()
        with pytest.raises(RemoteFailure, match="refused your key"):
            opened(machines, "box:deep.toml")
    finally:
        box.log_in_with("user")


def test_a_login_works_where_temporary_files_lie_deep(machines, box, tmp_path, monkeypatch):
    deep = tmp_path / ("deep" * 20)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(deep))
    argv = machines.login(parse("box:deep.toml"))
    shared = Path(argv[argv.index("-S") + 1])
    assert len(os.fsencode(shared)) + len(".0123456789abcdef") < 104 and not list(deep.iterdir())
    assert stat.S_IMODE(shared.parent.stat().st_mode) == 0o700
    subprocess.run(argv, check=True, stdin=subprocess.DEVNULL)
    assert shared.is_socket() and opened(machines, "box:deep.toml") == find("tutorial")


@pytest.mark.parametrize("length", range(60, 130))
def test_a_socket_has_room_while_it_is_made_or_lies_elsewhere(machines, length, monkeypatch):
    base = tempfile.mkdtemp(dir="/tmp")
    parent = Path(base, "x" * (length - len(base) - 1))
    parent.mkdir()
    try:
        monkeypatch.setattr(tempfile, "tempdir", str(parent))
        monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
        argv = machines.login(parse("box:"))
        shared = argv[argv.index("-S") + 1]
        made = os.fsencode(shared + ".0123456789abcdef")
        assert len(made) < 104
        assert shared.startswith(str(parent)) == (len(str(parent)) + len("/gradtui-xxxxxxxx/01234567.0123456789abcdef") < 104)
        machines.close()
    finally:
        shutil.rmtree(base)


def test_where_no_folder_is_short_enough_that_is_told(machines, monkeypatch):
    monkeypatch.setattr("gradtui.remote.machines._LONGEST_SOCKET", 30)
    with pytest.raises(RemoteFailure, match="Set TMPDIR to a short one"):
        machines.login(parse("box:"))


def test_a_login_that_came_to_nothing_changes_nothing(machines, box):
    machines.login(parse("box:"))
    assert opened(machines, "box:deep.toml") == find("tutorial")


@pytest.mark.parametrize("shared", [False, True])
def test_the_policy_for_host_keys_is_the_users_own(machines, box, shared, tmp_path, monkeypatch):
    """No command carries anything about host keys, and only the one in the terminal may ask."""
    recorder = tmp_path / "ssh"
    recorder.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/arguments\n')
    recorder.chmod(0o755)
    monkeypatch.setenv("GRADTUI_SSH", str(recorder))
    if shared:
        arguments = machines.login(parse("box:"))
    else:
        with pytest.raises(RemoteFailure):
            opened(machines, "box:")
        arguments = (tmp_path / "arguments").read_text().splitlines()
    said = " ".join(arguments).lower()
    assert "hostkey" not in said and "knownhosts" not in said and ("batchmode=yes" in said) is not shared
    assert arguments[arguments.index("--") + 1] == "box"
