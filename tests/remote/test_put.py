"""Saving on a real SSH server: whole or not at all, and never over what somebody else wrote."""

import os

import pytest

from gradtui.core.presets.preset import parse as read_preset
from gradtui.core.presets.saving import Unsaved
from gradtui.remote.address import parse
from gradtui.remote.connection import Cancelled
from gradtui.remote.failures import Broken, RemoteFailure, Unsure
from gradtui.remote.fetch import fetch
from gradtui.remote.put import put
from tests.remote.sshd import SFTP_SERVER, serving

COMMENTED = '# a note on top\ntitle = "Mine"   # said so\n\n[optimizer]\nname = "momentum"\nlearning_rate = 0.01   # small\n'
AWKWARD = "$(touch x) `id`; 'a' \"b\" & *?%ü ~.toml"


@pytest.fixture(scope="module")
def box():
    with serving() as server:
        server.own(server.labs)
        yield server


@pytest.fixture
def labs(box, monkeypatch):
    """The server's folder, empty before and after."""
    monkeypatch.setenv("GRADTUI_SSH", f"ssh -F {box.config}")
    yield box.labs
    box.labs.chmod(0o755)
    for path in box.labs.iterdir():
        path.unlink()


@pytest.fixture
def placed(box, labs):
    """Puts a file there."""

    def placed(name="mine.toml"):
        path = labs / name
        path.write_text(COMMENTED)
        path.chmod(0o640)
        box.own(path)
        return path

    return placed


def opened(word="box:mine.toml"):
    preset = fetch(parse(word)).preset()
    return preset.model_copy(update={"experiment": preset.experiment.changed({"optimizer.learning_rate": 0.5})})


def test_a_changed_preset_goes_back_with_its_comments_and_permissions(labs, placed):
    path = placed()
    stages = []
    saved = put(opened(), parse("box:mine.toml"), stages.append)
    assert path.read_text() == COMMENTED.replace("0.01   # small", "0.5   # small") == saved.origin.text
    assert path.stat().st_mode & 0o7777 == 0o640
    assert os.listdir(labs) == ["mine.toml"] and len(stages) == 2
    again = saved.model_copy(update={"title": "Again"})
    assert put(again, parse(saved.origin.place)) == read_preset(path.read_text(), "again") == again


def test_it_goes_through_a_jump_host_into_a_name_that_means_something_to_a_shell(labs, placed):
    path = placed(AWKWARD)
    found = fetch(fetch(parse("inner:")).address.child(AWKWARD))
    changed = found.preset().model_copy(update={"title": "Changed"})
    put(changed, found.address)
    assert 'title = "Changed"   # said so' in path.read_text()
    assert os.listdir(labs) == [AWKWARD]


def test_a_link_stays_a_link(labs, placed):
    path = placed()
    (labs / "link.toml").symlink_to(path)
    put(opened("box:link.toml"), parse("box:link.toml"))
    assert (labs / "link.toml").is_symlink() and "0.5   # small" in path.read_text()


def test_a_new_file_is_made_and_another_is_never_replaced(labs, placed):
    path = placed()
    preset = opened()
    saved = put(preset, parse("box:new.toml"))
    assert fetch(parse("box:new.toml")).preset() == preset == saved and saved.origin.path == str(labs / "new.toml")
    for there in ("box:new.toml", f"ssh://box{labs}/new.toml"):
        with pytest.raises(Unsaved, match=r"new\.toml on box is there already"):
            put(preset, parse(there))
    assert path.read_text() == COMMENTED and sorted(os.listdir(labs)) == ["mine.toml", "new.toml"]


def test_a_file_that_went_meanwhile_is_made_anew(labs, placed):
    placed()
    preset = opened()
    (labs / "mine.toml").unlink()
    put(preset, parse("box:mine.toml"))
    assert os.listdir(labs) == ["mine.toml"]


@pytest.mark.parametrize("meanwhile", ["", COMMENTED + " ", COMMENTED * 1000])
def test_a_file_that_changed_meanwhile_stays(labs, placed, meanwhile):
    path = placed()
    preset = opened()
    path.write_text(meanwhile)
    with pytest.raises(Unsaved, match="has changed since it was opened"):
        put(preset, parse("box:mine.toml"))
    assert path.read_text() == meanwhile and os.listdir(labs) == ["mine.toml"]


def test_what_became_something_else_than_a_file_stays(labs, placed):
    path = placed()
    preset = opened()
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(Unsaved, match="has changed since"):
        put(preset, parse("box:mine.toml"))
    assert os.listdir(labs) == ["mine.toml"] and path.is_fifo()


def test_a_folder_that_may_not_be_written_is_named(labs, placed):
    path = placed()
    preset = opened()
    labs.chmod(0o555)
    for word in ("box:mine.toml", "box:new.toml"):
        with pytest.raises(RemoteFailure, match=r"(mine|new)\.toml may not be written on box") as caught:
            put(preset, parse(word))
        assert caught.value.details
    assert path.read_text() == COMMENTED and os.listdir(labs) == ["mine.toml"]


def test_a_folder_that_is_not_there_is_named(labs, placed):
    placed()
    with pytest.raises(RemoteFailure, match="does not exist on box"):
        put(opened(), parse("box:nowhere/mine.toml"))


@pytest.mark.parametrize("turn", range(0, 60, 3))
def test_cancelled_at_any_moment_it_is_old_or_new_and_nothing_else_stays(labs, placed, turn):
    path = placed()
    preset, asked = opened(), 0

    def cancelled():
        nonlocal asked
        asked += 1
        return asked > turn

    try:
        put(preset, parse("box:mine.toml"), cancelled=cancelled)
    except Cancelled:
        assert path.read_text() == COMMENTED
    else:
        assert "0.5   # small" in path.read_text()
    assert os.listdir(labs) == ["mine.toml"]


def test_cancelled_as_soon_as_the_new_file_is_there_it_is_taken_away(labs, placed):
    path = placed()
    preset = opened()
    with pytest.raises(Cancelled):
        put(preset, parse("box:mine.toml"), cancelled=lambda: len(os.listdir(labs)) > 1)
    assert path.read_text() == COMMENTED and os.listdir(labs) == ["mine.toml"]


@pytest.fixture
def cut(tmp_path, monkeypatch):
    """Makes the connection die once the server has been sent so many bytes."""
    program = tmp_path / "ssh"

    def cut(size: int) -> None:
        server = f"exec {SFTP_SERVER}" if size < 0 else f"dd bs=1 count={size} status=none | {SFTP_SERVER}"
        program.write_text(f"#!/bin/sh\n{server}\n")
        program.chmod(0o755)

    monkeypatch.setenv("GRADTUI_SSH", str(program))
    return cut


def test_a_connection_that_dies_at_any_byte_leaves_the_old_or_the_new_file_whole(tmp_path, cut):
    labs = tmp_path / "labs"
    labs.mkdir()
    path, word = labs / "mine.toml", f"box:{labs}/mine.toml"
    new = COMMENTED.replace("0.01   # small", "0.5   # small")
    outcomes = []
    for size in range(0, 1200, 40):
        path.write_text(COMMENTED)
        cut(-1)
        preset = opened(word)
        cut(size)
        try:
            put(preset, parse(word))
            outcomes.append("saved")
        except Broken:
            outcomes.append("broken")
        except Unsure as error:
            assert "is saved or as it was" in error.sentence
            outcomes.append("unsure")
        assert path.read_text() in (
            (new,) if outcomes[-1] == "saved" else (COMMENTED,) if outcomes[-1] == "broken" else (COMMENTED, new)
        )
        left = [name for name in os.listdir(labs) if name != "mine.toml"]
        assert len(left) <= 1 and all(name.startswith(".gradtui-") for name in left)
        for name in left:
            (labs / name).unlink()
    assert {"saved", "broken"} <= set(outcomes)


def test_a_server_that_cannot_replace_in_one_go_is_refused(tmp_path, cut):
    path = tmp_path / "mine.toml"
    path.write_text(COMMENTED)
    cut(-1)
    preset = opened(f"box:{path}")
    (tmp_path / "ssh").write_text(f"#!/bin/sh\nexec {SFTP_SERVER} -P posix-rename,hardlink\n")
    for name in ("mine", "new"):
        with pytest.raises(RemoteFailure, match="cannot put a file in its place in one go"):
            put(preset, parse(f"box:{tmp_path}/{name}.toml"))
    assert path.read_text() == COMMENTED and sorted(os.listdir(tmp_path)) == ["mine.toml", "ssh"]
