"""A run at its moments: at each as it was known when that frame was the newest."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from gradtui.core.experiments.experiment import experiment
from gradtui.core.measured.finding import Finding
from gradtui.core.measured.protocol import Changed, Diagnosed, Ended, Report, Sampled, Started
from gradtui.core.measured.run import Run
from gradtui.runs import folder
from gradtui.runs.about import About
from gradtui.runs.replay import Replay
from tests.worker.frames import frame

STEPS = (1, 10, 20, 30, 40)


def finding(step: int, until: int | None = None) -> Finding:
    told = {"what": "", "evidence": "", "meaning": "", "source": ""}
    return Finding(rule="vanishing-gradients", severity="critical", step=step, until=until, **told)


REPORTS: list[Report] = [
    Started(run=0, device="cpu", weights=9, layers=("1", "out"), predicted=((None, None),)),
    *(Sampled(run=0, frame=frame(step, 1 / step)) for step in STEPS[:3]),
    Diagnosed(run=0, findings=(finding(20),)),
    Changed(run=0, step=25, key="optimizer.learning_rate", value=0.5),
    Sampled(run=0, frame=frame(30, 1 / 30)),
    Diagnosed(run=0, findings=(finding(20, 30),)),
    Sampled(run=0, frame=frame(40, 1 / 40)),
    Ended(run=0, step=40, status="done"),
]


@pytest.fixture
def replay(tmp_path: Path) -> Replay:
    about = About(title="A", preset="", experiment=experiment().tables(), began=datetime.now(UTC), environment={}, data="")
    opened = folder.create(tmp_path, about)
    opened.log.append(*(report.model_dump_json().encode() for report in REPORTS))
    opened.log.close()
    opened.close()
    return Replay(folder.read(opened.path))


@pytest.mark.parametrize("step", range(1, 45))
def test_a_moment_is_the_run_as_a_session_would_have_it_then(replay: Replay, step: int) -> None:
    run, now = replay.at(step), Run(experiment())
    for report in REPORTS:
        if isinstance(report, Sampled) and report.frame.step > step:
            break
        now = now.after(report)
    assert (run.step, run.findings, run.changes, run.ended) == (now.step, now.findings, now.changes, now.ended)
    assert list(run.history.loss.steps) == list(now.history.loss.steps) == [one for one in STEPS if one <= step]


def test_it_is_turned_frame_by_frame_and_stays_within(replay: Replay) -> None:
    assert replay.steps == STEPS
    assert [replay.turned(20, by) for by in (-9, -2, -1, 0, 1, 2, 9)] == [1, 1, 10, 20, 30, 40, 40]


def test_findings_are_where_they_began_and_ended(replay: Replay) -> None:
    assert [replay.found(step, 1) for step in (1, 19, 20, 29, 30)] == [20, 20, 30, 30, None]
    assert [replay.found(step, -1) for step in (40, 30, 21, 20, 1)] == [30, 20, 20, None, None]
