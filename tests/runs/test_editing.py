"""Words that a person writes on a run, and runs that are deleted and come back."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gradtui.core.experiments.experiment import experiment
from gradtui.runs import about, editing, folder, listing, log
from gradtui.runs.about import About
from gradtui.runs.editing import Unedited


def made(place: Path, title: str = "ReLU", year: int = 2026) -> Path:
    """A run of no steps."""
    tables = experiment().tables()
    began = datetime(year, 1, 1, tzinfo=UTC)
    opened = folder.create(place, About(title=title, preset="", experiment=tables, began=began, environment={}, data=""))
    opened.log.close()
    opened.close()
    return opened.path


def test_a_run_is_called_what_a_person_calls_it(tmp_path: Path) -> None:
    path = made(tmp_path)
    editing.edit(path, {"name": "the good one", "tags": ("deep", "ok"), "note": "seed 3\x1b[31m is the best"})
    found = listing.line(path)
    assert (found.title, found.tags, found.note, found.kept) == ("the good one", ("deep", "ok"), "seed 3[31m is the best", True)
    editing.edit(path, {"name": "", "tags": (), "note": ""})
    assert (listing.line(path).title, listing.line(path).kept) == ("ReLU", False)


def test_a_name_that_cannot_be_is_refused_and_the_run_stays(tmp_path: Path) -> None:
    path = made(tmp_path)
    before = (path / "run.json").read_bytes()
    with pytest.raises(Unedited, match=r"^tags"):
        editing.edit(path, {"tags": tuple(map(str, range(99)))})
    assert (path / "run.json").read_bytes() == before
    with pytest.raises(about.Unreadable):
        editing.edit(tmp_path / "none", {"name": "x"})


def test_deleted_runs_come_back_the_last_one_first(tmp_path: Path) -> None:
    paths = [made(tmp_path, title) for title in ("one", "two", "one")]
    before = listing.listed(tmp_path)
    for path in paths:
        editing.delete(path)
        os.utime(tmp_path / ".deleted" / path.name, (time.time() + paths.index(path), time.time() + paths.index(path)))
    assert listing.listed(tmp_path) == []
    assert [editing.restore(tmp_path) for _ in paths] == paths[::-1]
    assert editing.restore(tmp_path) is None
    assert listing.listed(tmp_path) == before


def test_one_of_the_same_name_is_not_written_over(tmp_path: Path) -> None:
    path = made(tmp_path)
    editing.delete(path)
    again = made(tmp_path)
    assert again == path
    back = editing.restore(tmp_path)
    assert back == path.with_name(f"{path.name}-2") and len(listing.listed(tmp_path)) == 2


def test_a_run_that_is_trained_is_not_deleted(tmp_path: Path) -> None:
    path = made(tmp_path)
    opened = folder.reopen(path)
    with pytest.raises(Unedited, match="Stop it first"):
        editing.delete(path)
    opened.log.close()
    opened.close()
    editing.delete(path)


def test_pruning_takes_the_oldest_and_leaves_what_a_person_wrote_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST", 2)
    paths = [made(tmp_path, f"run {year}", year) for year in range(2001, 2008)]
    editing.edit(paths[0], {"tags": ("keep",)})
    editing.edit(paths[1], {"name": "mine"})
    editing.edit(paths[2], {"note": "why"})
    listing.prune(tmp_path)
    assert {Path(one.path) for one in listing.listed(tmp_path)} == {*paths[:3], *paths[5:]}


def test_deleted_runs_go_for_good_once_they_are_old(tmp_path: Path) -> None:
    old, new = (editing.delete(made(tmp_path, title)) for title in ("old", "new"))
    os.utime(old, (0, 0))
    listing.prune(tmp_path)
    assert not old.exists() and new.exists()


def test_a_line_that_was_made_while_the_log_grew_is_not_believed_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, real = made(tmp_path), listing._line

    def grows(run: Path) -> listing.Listed:
        found = real(run)
        with (run / folder.EVENTS).open("ab") as file:
            file.write(log.line({"type": "paused", "run": 0, "step": 7}))
        return found

    monkeypatch.setattr(listing, "_line", grows)
    assert listing.line(path).steps == 0
    monkeypatch.undo()
    assert listing.line(path).steps == 7
    assert (path / "short.json").exists() and listing.line(path).steps == 7
