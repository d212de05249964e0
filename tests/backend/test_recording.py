"""Runs of the Lab are recorded by the backend: what the screen has seen is on the disk, and a disk that fails stops nothing."""

from __future__ import annotations

import os
import resource
from pathlib import Path

import pytest

from gradtui.core.experiments.experiment import experiment
from gradtui.core.measured import protocol
from gradtui.core.measured.protocol import Keep
from gradtui.runs import checkpoints, folder, log
from gradtui.runs.listing import line
from tests.backend.test_backend import Backend

TABLES = experiment({"network": {"depth": 2, "width": 8}, "run": {"steps": 400}}).tables()
ENDLESS = 10_000_000


@pytest.fixture
def backend():
    made = Backend()
    yield made
    made.close()


def start(place: Path, run: int = 1, steps: int = 400) -> protocol.Start:
    keep = Keep(place=str(place), title="A run", preset="somewhere", changes={"run.steps": 400})
    return protocol.Start(run=run, experiments=(TABLES | {"run": TABLES["run"] | {"steps": steps}},), keep=keep)


def recorded(path: Path) -> list[protocol.Report]:
    return [report for _, report in folder.read(path).reports]


def test_what_the_screen_has_seen_is_recorded(backend: Backend, tmp_path: Path) -> None:
    backend.send(start(tmp_path), protocol.Change(key="optimizer.learning_rate", value=0.02))
    seen = backend.until("ended")
    (path,) = (Path(report.folder) for report in seen if report.type == "recording")
    found = folder.read(path)
    assert found.alive and found.about.title == "A run" and found.about.preset == "somewhere"
    told = recorded(path)
    kinds = ("started", "changed", "diagnosed", "ended")
    assert [one for one in told if one.type in kinds] == [one for one in seen if one.type in kinds]
    frames = [one.frame for one in told if one.type == "sampled"]
    assert [frame.step for frame in frames][-1] == 400
    backend.send(protocol.Change(key="run.steps", value=500), protocol.Resume())
    backend.until("ended")
    assert recorded(path)[-1].step == 500
    backend.send(start(tmp_path, 2))
    backend.until("started")
    assert not folder.read(path).alive and next(checkpoints.known(path)).step == 500


def test_a_backend_that_nobody_needs_any_more_ends_its_record(backend: Backend, tmp_path: Path) -> None:
    backend.send(start(tmp_path, steps=ENDLESS))
    path = Path(next(one.folder for one in backend.until("sampled") if one.type == "recording"))
    backend.process.stdin.close()
    backend.process.wait(60)
    told = recorded(path)
    assert told[-1].type == "ended" and line(path).state == "stopped"
    assert next(checkpoints.known(path)).step == told[-1].step


def test_killed_it_has_what_the_screen_saw(backend: Backend, tmp_path: Path) -> None:
    backend.send(start(tmp_path, steps=ENDLESS))
    seen = backend.until("sampled") + backend.until("sampled") + backend.until("sampled")
    backend.process.kill()
    backend.process.wait()
    path = Path(next(one.folder for one in seen if one.type == "recording"))
    steps = {one.frame.step for one in recorded(path) if one.type == "sampled"}
    assert {one.frame.step for one in seen if one.type == "sampled"} <= steps and line(path).state == "interrupted"


def test_a_full_disk_stops_nothing_is_told_and_is_got_over(tmp_path: Path) -> None:
    """The room is what the system lets a process write into one file."""
    backend = Backend()
    try:
        backend.send(start(tmp_path, steps=ENDLESS))
        seen = backend.until("sampled")
        path = Path(next(one.folder for one in seen if one.type == "recording"))
        size = os.stat(path / "events.jsonl").st_size
        resource.prlimit(backend.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
        (said,) = (one for one in backend.until("recording") if one.type == "recording")
        assert "Nothing is saved" in said.problem
        backend.until("sampled")
        resource.prlimit(backend.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        assert backend.until("recording")[-1].problem == ""
        backend.send(protocol.Stop())
        backend.until("ended")
    finally:
        backend.close()
    known = log.read(path / "events.jsonl")
    assert not known.problem and recorded(path)[-1].type == "ended"
    steps = [one.frame.step for one in recorded(path) if one.type == "sampled"]
    assert steps == sorted(set(steps))


def test_a_folder_that_cannot_be_made_is_told_and_the_run_goes_on(backend: Backend, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    backend.send(start(tmp_path / "file"))
    seen = backend.until("ended")
    (said,) = (one for one in seen if one.type == "recording")
    assert said.folder == "" and "cannot be made" in said.problem and seen[-1].status == "done"


def ended(backend: Backend) -> tuple[list[protocol.Report], protocol.Ended]:
    """What came until the run was over, and how it ended."""
    seen = backend.until("ended", "failed")
    assert isinstance(seen[-1], protocol.Ended), seen[-1]
    return seen, seen[-1]


def test_a_run_whose_backend_was_killed_goes_on_as_if_it_had_not_been(backend: Backend, tmp_path: Path) -> None:
    backend.send(start(tmp_path / "whole", steps=3000))
    whole, expected = ended(backend)
    killed = Backend()
    killed.send(start(tmp_path / "killed", steps=3000))
    killed.until("sampled")
    killed.until("sampled")
    killed.close()
    (path,) = (tmp_path / "killed").iterdir()
    left = recorded(path)[-1]
    backend.send(protocol.Continue(run=2, folder=str(path)))
    seen, last = ended(backend)
    continued = next(one for one in seen if isinstance(one, protocol.Continued))
    assert (continued.promise, continued.why) == ("exact", "")
    assert all(one.frame.step > continued.step for one in seen if isinstance(one, protocol.Sampled)), left
    assert last == expected.model_copy(update={"run": 2})
    for one, other in zip(_last(recorded(path)), _last(whole), strict=True):
        assert one == other


def _last(reports: list[protocol.Report]) -> list[str]:
    """The findings in the end, and the last frame but for the clock."""
    findings = [one.findings for one in reports if isinstance(one, protocol.Diagnosed)][-1:]
    frames = [one.frame for one in reports if isinstance(one, protocol.Sampled)]
    return [*map(repr, findings), frames[-1].model_dump_json(include={"step", "layers", "validation_loss"})]


def test_a_finished_run_goes_on_with_more_steps_and_a_left_one_waits(backend: Backend, tmp_path: Path) -> None:
    backend.send(start(tmp_path))
    ended(backend)
    (path,) = tmp_path.iterdir()
    backend.send(protocol.Continue(run=2, folder=str(path), changes={"run.steps": 500}, paused=True))
    told = backend.until("paused", "failed")
    assert [one.type for one in told] == ["continued", "changed", "paused"] and told[-1].step == 400
    backend.send(protocol.Resume())
    assert ended(backend)[1].step == 500
    assert recorded(path)[-1].step == 500


def test_what_cannot_go_on_is_told_and_the_backend_stays(backend: Backend, tmp_path: Path) -> None:
    backend.send(protocol.Continue(run=1, folder=str(tmp_path)))
    failed = backend.until("failed", "ended")[-1]
    assert failed.refused and "holds no run" in failed.reason
    backend.send(start(tmp_path / "runs", 2))
    assert ended(backend)[1].status == "done"
