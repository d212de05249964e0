"""Runs in their folders, made by the program itself: listed whatever they hold, gone on with bit for bit, and never lost."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gradtui.core.measured.protocol import Continued, Diagnosed, Ended, Report, Sampled
from gradtui.runs import checkpoints, folder, log
from gradtui.runs.listing import Listed, line, listed
from gradtui.runs.lock import alive
from tests.commands.program import gradtui

STATES = {"running", "done", "stopped", "interrupted", "diverged", "damaged", "unreadable"}
SMALL = ("healthy-he", "--set", "network.depth=2", "--set", "network.width=8")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def whole(place: Path) -> Path:
    """A run of 400 steps that was never interrupted."""
    found, status = ran(*SMALL, "--steps", "400", "--runs", str(place))
    assert status == 0 and Path(found["run"]).parent == place
    return Path(found["run"])


def ran(*arguments: str) -> tuple[dict[str, Any], int]:
    out, err, status = gradtui("run", *arguments, "--json")
    assert out, err
    return json.loads(out), status


def measured(path: Path) -> list[Report]:
    """Frames and findings, without what the clock says."""
    told = [report for _, report in folder.read(path).reports if isinstance(report, Sampled | Diagnosed)]
    return [
        report.model_copy(update={"frame": report.frame.model_copy(update={"steps_per_second": None})})
        if isinstance(report, Sampled)
        else report
        for report in told
    ]


def weights(path: Path) -> bytes:
    return next(checkpoints.known(path)).tensors["weights"].tobytes()


def cut(whole: Path, to: Path, records: int, checkpoint: bool = False) -> Path:
    """A run as it would be had its program been killed after so many records."""
    shutil.copytree(whole, to)
    lines = (whole / "events.jsonl").read_bytes().splitlines(keepends=True)
    (to / "events.jsonl").write_bytes(b"".join(lines[:records]) + lines[records][:7])
    if not checkpoint:
        for path in to.glob("state-*"):
            path.unlink()
    return to


def test_a_run_is_listed(whole: Path) -> None:
    out, err, status = gradtui("runs", "--json", "--runs", str(whole.parent))
    (one,) = (one for one in json.loads(out) if one["id"] == whole.name)
    assert status == 0 and not err
    assert (one["state"], one["steps"], one["of"], one["path"], one["problem"]) == ("done", 400, 400, str(whole), None)
    assert one["changes"] == {"network.depth": 2, "network.width": 8, "run.steps": 400} and one["device"] == "cpu"
    assert one["started"] and one["seconds"] >= 0 and one["loss"] > 0 and one["validation_loss"] > 0 and one["tags"] == []
    printed, _, _ = gradtui("runs", "--runs", str(whole.parent))
    assert whole.name in printed and "400 of 400 steps" in printed


@pytest.mark.parametrize("records", [0, 1, 2, 30])
def test_an_interrupted_run_goes_on_with_the_same_bits(whole: Path, tmp_path: Path, records: int) -> None:
    path = cut(whole, tmp_path / "run", records)
    assert line(path).state == "interrupted"
    _, err, status = gradtui("run", "--resume", str(path))
    assert status == 0 and "exact" in err
    assert measured(path) == measured(whole) and weights(path) == weights(whole)
    assert line(path).state == "done"


def test_a_finished_run_goes_on_for_more_steps(whole: Path, tmp_path: Path) -> None:
    shutil.copytree(whole, tmp_path / "run")
    found, status = ran("--resume", str(tmp_path / "run"), "--steps", "500")
    straight, _ = ran(*SMALL, "--steps", "500", "--runs", str(tmp_path))
    assert status == 0 and found["steps"] == 500 and found["run"] == str(tmp_path / "run")
    assert weights(tmp_path / "run") == weights(Path(straight["run"]))
    assert found["loss"]["last"] == straight["loss"]["last"]


def test_what_cannot_go_on_says_why(whole: Path, tmp_path: Path) -> None:
    for arguments, words in (
        (("--resume", str(tmp_path / "none")), "holds no run"),
        (("--resume", str(whole), "--set", "network.depth=3"), "cannot change while training runs"),
        ((), "--resume"),
        (("tutorial", "--resume", str(whole)), "either"),
    ):
        out, err, status = gradtui("run", *arguments)
        assert (out, status) == ("", 2) and words in err, err
    held = folder.reopen(whole)
    _, err, status = gradtui("run", "--resume", str(whole))
    assert status == 2 and "another gradtui" in err and alive(whole)
    held.log.close()
    held.close()


def test_a_run_that_is_not_recorded_leaves_no_trace(tmp_path: Path) -> None:
    found, status = ran(*SMALL, "--steps", "5", "--no-record")
    assert status == 0 and found["run"] is None and not folder.root().exists()


def test_where_nothing_can_be_saved_it_is_trained_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    out, err, status = gradtui("run", *SMALL, "--steps", "5", "--runs", str(tmp_path / "file" / "runs"), "--json")
    assert status == 0 and json.loads(out)["run"] is None and "cannot be made" in err


def test_a_run_on_another_machine_is_close_and_a_foreign_checkpoint_gives_weights_only(whole: Path, tmp_path: Path) -> None:
    path = cut(whole, tmp_path / "run", 20)
    about = json.loads((path / "run.json").read_text())
    about["environment"]["torch"] = "1.0"
    (path / "run.json").write_text(json.dumps(about))
    _, err, status = gradtui("run", "--resume", str(path))
    assert status == 0 and "close (torch was 1.0 and is" in err
    path = cut(whole, tmp_path / "other", 40, checkpoint=True)
    (kept,) = list(checkpoints.known(path))
    values = {key: value for key, value in kept.values.items() if key != "batches"}
    checkpoints.write(path, checkpoints.Checkpoint(40, 12, kept.tensors, {**values, "made": 40}))
    (path / "state-400.json").unlink()
    _, err, status = gradtui("run", "--resume", str(path))
    assert status == 0 and "weights only" in err
    steps = [report.frame.step for report in measured(path) if isinstance(report, Sampled)]
    assert steps == sorted(set(steps)) and steps[-1] == 400


def test_damage_is_told_with_its_place_and_the_prefix_is_used(whole: Path, tmp_path: Path) -> None:
    shutil.copytree(whole, tmp_path / "run")
    path, data = tmp_path / "run", bytearray((whole / "events.jsonl").read_bytes())
    at = data.index(b"\n", len(data) // 2) + 1
    data[at + 20] ^= 4
    (path / "events.jsonl").write_bytes(data)
    one = line(path)
    assert one.state == "damaged" and f"damaged at byte {at}" in (one.problem or "") and 0 < one.steps < 400
    _, err, status = gradtui("run", "--resume", str(path))
    assert status == 2 and f"damaged at byte {at}" in err and (path / "events.jsonl").read_bytes() == bytes(data)


def test_foreign_folders_are_listed_with_the_reason(whole: Path, tmp_path: Path) -> None:
    def foreign(name: str, text: bytes | None) -> Path:
        (tmp_path / name).mkdir()
        if text is not None:
            (tmp_path / name / "run.json").write_bytes(text)
        return tmp_path / name

    about = json.loads((whole / "run.json").read_text())
    foreign("empty", None)
    foreign("foreign", b'{"name": "somebody else\'s"}')
    foreign("binary", os.urandom(100))
    foreign("deep", b"[" * 100_000)
    foreign("newer", json.dumps({**about, "layout": 2}).encode())
    foreign("older", json.dumps({**about, "layout": 0}).encode())
    foreign("impossible", json.dumps({**about, "experiment": {"network": {"depth": -1}}}).encode())
    foreign("huge", b" " * (1 << 21))
    os.mkfifo(foreign("pipe", None) / "run.json")
    (foreign("loop", None) / "run.json").symlink_to("run.json")
    (tmp_path / "around").symlink_to(tmp_path / "around")
    (tmp_path / "file").write_text("no folder")
    os.mkfifo(foreign("events-pipe", json.dumps(about).encode()) / "events.jsonl")
    with open(foreign("sparse", json.dumps(about).encode()) / "events.jsonl", "wb") as file:
        file.truncate(1 << 40)
    os.mkdir(os.fsencode(tmp_path) + b"/\xff\xfe\x1b[2J")
    found = listed(tmp_path)
    assert {one.state for one in found} == {"unreadable", "damaged"} and all(one.problem for one in found)
    assert len(found) == len(os.listdir(tmp_path))
    problems = {one.id: one.problem or "" for one in found}
    assert "another version" in problems["newer"] and "another version" in problems["older"] and "holds no run" in problems["empty"]
    out, _, status = gradtui("runs", "--json", "--runs", str(tmp_path))
    assert status == 0 and {one["state"] for one in json.loads(out)} <= STATES and "\x1b" not in out
    printed, _, status = gradtui("runs", "--runs", str(tmp_path))
    assert status == 0 and "\x1b" not in printed


def test_killed_at_random_moments_nothing_is_lost(tmp_path: Path) -> None:
    chance, kills = random.Random(0), int(os.environ.get("GRADTUI_KILLS", "3"))
    for _ in range(kills):
        command = [sys.executable, "-m", "gradtui", "run", *SMALL, "--steps", "1000000", "--runs", str(tmp_path)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wanted = chance.randrange(1, 200_000)
        while process.poll() is None:
            path = next((p for p in tmp_path.iterdir() if line(p).state == "running"), None)
            if path and (path / "events.jsonl").exists() and (path / "events.jsonl").stat().st_size >= wanted:
                break
        seen = log.read(path / "events.jsonl").records if path else ()
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert path
        assert log.read(path / "events.jsonl").records[: len(seen)] == seen
    found: list[Listed] = listed(tmp_path)
    assert len(found) == kills and {one.state for one in found} == {"interrupted"} and not any(one.problem for one in found)
    for one in found:
        steps = list(tmp_path.joinpath(one.id).glob("state-*.json"))
        assert len(list(checkpoints.known(tmp_path / one.id))) == len(steps)


def test_a_word_says_that_a_run_went_on(whole: Path, tmp_path: Path) -> None:
    path = cut(whole, tmp_path / "run", 25)
    gradtui("run", "--resume", str(path))
    kinds = [type(report) for _, report in folder.read(path).reports]
    assert kinds.count(Continued) == 1 and kinds[-1] is Ended and folder.read(path).run.step == 400
