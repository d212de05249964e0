"""Study folders: what was asked comes back, every cell is one line, and what is foreign is told."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradtui.core.experiments.experiment import InvalidExperiment, experiment
from gradtui.core.measured.result import Result
from gradtui.runs import studies
from gradtui.runs.exporting import exported
from gradtui.runs.log import Unwritable
from gradtui.study.report import told
from gradtui.study.search import wanted
from gradtui.study.study import Study, study
from gradtui.study.vary import varied

RUN = experiment({"task": {"name": "moons"}})


def made(*texts: str, **more: Any) -> Study:
    chosen = texts or ("optimizer.name=sgd,adam", "optimizer.learning_rate=0.1,0.01")
    return study(RUN, varied(chosen, RUN), **more)


def result(cell: str, loss: float = 0.5) -> Result:
    return Result(cell=cell, status="done", step=3, validation_loss=loss, curve=((1, float("nan"), None), (3, 0.5, loss)))


@pytest.mark.parametrize(
    "asked",
    [
        made(),
        study(RUN),
        made("optimizer.name=sgd,adam", as_they_come=True, seeds=3, folds=4, by="loss", target=0.25, halve=True),
        made("network.activation=relu,tanh"),
    ],
)
def test_a_study_opens_again_as_it_was_asked(asked: Study) -> None:
    kept = studies.create(asked, "A Title: with / signs")
    kept.keep(result("0" * 16, float("inf")))
    kept.close()
    again = studies.reopen(kept.path)
    assert studies.plan_of(again.study) == studies.plan_of(asked)
    assert [cell.name for cell in wanted(again.study, {})] == [cell.name for cell in wanted(asked, {})]
    assert again.title == "A Title: with / signs"
    assert json.loads(again.results["0" * 16].model_dump_json()) == json.loads(result("0" * 16, float("inf")).model_dump_json())


def test_a_second_study_of_the_same_has_a_folder_of_its_own_and_the_newest_is_found() -> None:
    asked = made()
    assert studies.newest(asked, "title") is None
    first, second = studies.create(asked, "title"), studies.create(asked, "title")
    assert first.path != second.path
    assert studies.newest(asked, "title") == second.path
    assert studies.newest(made(seeds=3), "title") is None


def test_a_named_folder_may_not_be_there(tmp_path: Path) -> None:
    studies.create(made(), "title", tmp_path / "mine" / "deep").close()
    with pytest.raises(Unwritable, match="exists already"):
        studies.create(made(), "title", tmp_path / "mine" / "deep")
    (tmp_path / "file").touch()
    with pytest.raises(Unwritable, match="cannot be made"):
        studies.create(made(), "title", tmp_path / "file" / "below")


def test_two_programs_never_write_one_study() -> None:
    kept = studies.create(made(), "title")
    with pytest.raises(Unwritable, match="another gradtui"):
        studies.reopen(kept.path)
    kept.close()
    studies.reopen(kept.path).close()


def test_a_full_disk_is_told_and_what_comes_after_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    kept, real = studies.create(made(), "title"), os.write
    monkeypatch.setattr(os, "write", lambda handle, data: real(handle, data[:9]))
    kept.keep(result("1" * 16))
    assert "Nothing is saved" in kept.problem and "no room left" in kept.problem
    monkeypatch.undo()
    kept.keep(result("2" * 16))
    kept.close()
    assert not kept.problem
    assert studies.reopen(kept.path).results.keys() == {"2" * 16}


KEYS = ["schema", "title", "study", "experiment", "varied", "mode", "seeds", "folds", "by", "target", "halve"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150)
@given(
    st.sampled_from(["schema", "title", "study", "experiment", "varied", "mode", "seeds", "folds", "by", "target", "halve"]), JSON
)
def test_a_foreign_plan_is_told_and_never_raises_anything_else(
    tmp_path_factory: pytest.TempPathFactory, key: str, value: Any
) -> None:
    plan: dict[str, Any] = {"schema": 1, "title": "t", "study": studies.plan_of(made())}
    (plan if key in plan else plan["study"])[key] = value
    folder = tmp_path_factory.mktemp("study")
    (folder / "plan.json").write_text(json.dumps(plan))
    try:
        kept = studies.reopen(folder)
    except (studies.Unreadable, InvalidExperiment) as error:
        assert str(error)
    else:
        kept.close()


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"\xff\xfe", b"[" * 100_000, b'{"study": {}, "schema": 2}', b" " * (2 << 20)])
def test_what_is_no_plan_is_told(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "plan.json").write_bytes(data)
    with pytest.raises(studies.Unreadable, match=r"plan\.json"):
        studies.reopen(tmp_path)
    with pytest.raises(studies.Unreadable, match="cannot be read"):
        studies.reopen(tmp_path / "none")


def test_lines_that_are_no_results_are_left_out() -> None:
    kept = studies.create(made(), "title")
    kept.keep(result("1" * 16))
    kept._log.append({"cell": "../../etc/passwd", "status": "done"})
    kept._log.append({"cell": "2" * 16, "status": "victory"})
    kept.close()
    assert studies.reopen(kept.path).results.keys() == {"1" * 16}


def test_an_export_is_a_row_a_cell_the_plan_and_pictures_and_never_over_a_file(tmp_path: Path) -> None:
    asked = made("optimizer.name=sgd,adam", "optimizer.learning_rate=1e-3..1:4", seeds=2)
    results = {cell.name: result(cell.name, cell.experiment.optimizer.learning_rate) for cell in wanted(asked, {})}
    lost = next(iter(results))
    results[lost] = Result(cell=lost, status="diverged", validation_loss=float("nan"))
    shown = told(asked, results, 1.0)
    paths = exported(asked, results, shown, tmp_path / "out")
    assert [path.name for path in paths] == ["cells.csv", "study.json", "losses.svg", "rates.svg"]
    heads, *rows = (line.split(",") for line in paths[0].read_text().splitlines())
    assert len(rows) == 16 and all(len(row) == len(heads) for row in rows)
    by_cell = {row[heads.index("cell")]: row for row in rows}
    assert by_cell[lost][heads.index("validation_loss")] == "nan" and by_cell[lost][heads.index("status")] == "diverged"
    assert json.loads(paths[1].read_text())["shown"]["cells"] == 16
    for path in paths[2:]:
        assert path.read_text().startswith("<svg") and "nan" not in path.read_text()
    with pytest.raises(Unwritable, match="exists already; nothing was written"):
        exported(asked, results, shown, tmp_path / "out")
