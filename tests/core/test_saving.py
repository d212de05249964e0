from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradtui.core.experiments.experiment import Experiment
from gradtui.core.presets import collection
from gradtui.core.presets.collection import find, shipped
from gradtui.core.presets.preset import LARGEST, Origin, Preset, parse, read
from gradtui.core.presets.saving import Unsaved, place, save, written
from tests.strategies import experiments

COMMENTED = """\
# a note on top
schema = 1
title = "Mine"   # said so

[optimizer]
# try 0.1 too
name = "momentum"
learning_rate = 0.01   # small

[network]
depth = 7
"""


def opened(text: str, where: str = "/tmp/mine.toml") -> Preset:
    return parse(text, where).model_copy(update={"origin": Origin(place=where, text=text)})


@given(st.sampled_from([COMMENTED, *(path.read_text() for path in shipped().values())]), experiments(), st.text())
def test_what_is_written_reads_back_and_keeps_every_comment_of_tables_that_stay(text: str, made: Experiment, title: str) -> None:
    preset = opened(text)
    changed = parse(preset.with_experiment(made).toml(), "x").model_copy(update={"origin": preset.origin})
    again = written(changed)
    assert parse(again, "again") == changed
    assert set(re.findall(r"^# .*", text, re.M)) <= set(re.findall(r"^# .*", again, re.M))


def test_an_unchanged_preset_is_written_as_it_stood() -> None:
    assert written(opened(COMMENTED)) == COMMENTED


def test_a_changed_value_changes_its_line_alone() -> None:
    preset = opened(COMMENTED)
    changed = preset.model_copy(update={"experiment": preset.experiment.changed({"optimizer.learning_rate": 0.5})})
    assert written(changed) == COMMENTED.replace("0.01   # small", "0.5   # small")


def test_a_preset_without_a_file_is_written_whole(tmp_path: Path) -> None:
    preset = find("tutorial").model_copy(update={"origin": None})
    saved = save(preset, tmp_path / "new" / "mine.toml")
    assert read(tmp_path / "new" / "mine.toml") == preset == saved
    assert saved.origin == read(tmp_path / "new" / "mine.toml").origin


def test_what_could_not_be_read_again_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(COMMENTED.ljust(LARGEST, "#"))
    preset = read(path)
    assert save(preset, path) == preset
    with pytest.raises(Unsaved, match="at most 32 KiB"):
        save(preset.model_copy(update={"summary": "one more"}), path)
    assert len(path.read_bytes()) == LARGEST and os.listdir(tmp_path) == ["mine.toml"]


@pytest.mark.parametrize("name", ["mine", "mine.txt", "mine.toml.bak"])
def test_a_new_file_is_called_toml_so_that_lists_show_it(tmp_path: Path, name: str) -> None:
    with pytest.raises(Unsaved, match=r"ends in \.toml"):
        save(find("tutorial"), tmp_path / "new" / name)
    assert not list(tmp_path.iterdir())


def test_a_file_of_any_name_is_saved_back(tmp_path: Path) -> None:
    path = tmp_path / "mine"
    path.write_text(COMMENTED)
    assert save(read(path).model_copy(update={"title": "Again"}), path).title == "Again"


def test_a_file_is_replaced_only_by_the_preset_read_from_it(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(COMMENTED)
    path.chmod(0o640)
    preset = read(path)
    changed = preset.model_copy(update={"title": "Changed"})
    saved = save(changed, path)
    assert read(path) == changed and path.stat().st_mode & 0o777 == 0o640
    assert save(saved.model_copy(update={"title": "Again"}), path).title == "Again"

    other = tmp_path / "other.toml"
    other.write_text(COMMENTED)
    with pytest.raises(Unsaved, match="is there already"):
        save(changed, other)
    with pytest.raises(Unsaved, match="has changed since"):
        save(changed, path)
    assert other.read_text() == COMMENTED
    assert read(path).title == "Again"
    assert sorted(os.listdir(tmp_path)) == ["mine.toml", "other.toml"]


def test_a_link_is_followed_and_stays_a_link(tmp_path: Path) -> None:
    path, link = tmp_path / "mine.toml", tmp_path / "link.toml"
    path.write_text(COMMENTED)
    link.symlink_to(path)
    save(read(link).model_copy(update={"title": "Changed"}), link)
    assert link.is_symlink() and read(path).title == "Changed"


@pytest.mark.parametrize("made", ["folder", "pipe", "file/below"])
def test_what_cannot_be_written_is_told_and_left(tmp_path: Path, made: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("x")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Unsaved) as caught:
        save(find("tutorial"), tmp_path / made)
    assert str(tmp_path / made) in str(caught.value) and str(caught.value).endswith((".", "name."))
    assert sorted(os.listdir(tmp_path)) == ["file", "folder", "pipe"] and (tmp_path / "file").read_text() == "x"


def test_a_name_lies_in_the_folder_of_own_presets_and_a_path_where_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert place("mine") == collection.own_folder() / "mine.toml"
    assert place("./mine") == tmp_path / "mine"
    assert place("~/mine.toml") == tmp_path / "mine.toml"
    assert place("mine.toml") == tmp_path / "mine.toml"


@pytest.mark.parametrize("word", ["", "Mine", "a b", "-x", ".x", "x" * 65, "a\0b", "../a\0b", "tutorial", "\x1b[2J"])
def test_a_word_for_no_place_is_refused(word: str) -> None:
    with pytest.raises(Unsaved):
        place(word)


def test_an_own_preset_is_listed_and_found(own_presets: Path) -> None:
    saved = save(find("tutorial").model_copy(update={"title": "Mine", "origin": None}), place("mine"))
    own_presets.joinpath("broken.toml").write_text("[network]\ndepth = 'many'")
    assert find("mine") == saved
    yours = [entry for entry in collection.listed() if entry.subject == collection.YOURS]
    assert [(entry.name, entry.title, bool(entry.mistake)) for entry in yours] == [
        ("broken", "broken", True),
        ("mine", "Mine", False),
    ]
    assert "network.depth" in yours[0].mistake
    assert {entry.name for entry in collection.listed()} == {"broken", "mine", *shipped()}
    assert [entry.title for entry in collection.shelf(own_presets).entries] == ["Mine", "broken.toml"]
