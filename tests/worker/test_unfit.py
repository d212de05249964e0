"""A backend that contradicts itself: what cannot be is told and left out, and the session goes on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradtui.core.measured import protocol
from gradtui.worker.mailbox import Nonsense
from gradtui.worker.session import Phase, Session
from tests.core.test_protocol import REPORTS
from tests.worker.frames import frame
from tests.worker.test_session import STARTED, run_of, session, training

LAYERS = {"activation_gradient": (1.0, 2.0)}


def sampled(**changes: Any) -> protocol.Sampled:
    return protocol.Sampled(run=0, frame=frame(changes.pop("step", 9)).model_copy(update={"layers": LAYERS, **changes}))


def started(**changes: Any) -> protocol.Started:
    return protocol.Started(run=0, **STARTED).model_copy(update=changes)


def hear(lab: Session, number: int, letter: protocol.Report) -> None:
    lab.receive(letter.model_copy(update={"run": number}))


@pytest.mark.parametrize(
    "letter, told",
    [
        (started(), "a second start of the run"),
        (sampled(step=5), "step 5 after step 5"),
        (sampled(step=4), "step 4 after step 5"),
        (sampled(lane=3), "a frame of lane 3, which the run has not"),
        (sampled(layers={"activation_gradient": (1.0, 2.0, 3.0)}), "a frame of another number of layers than it started"),
        (sampled(layers={"dead": ()}), "a frame of another number of layers than it started"),
        (sampled(gradient_over_time=(1.0,)), "a frame of another number of time steps than it started"),
        (protocol.Diagnosed(run=0, findings=(), lane=1), "findings of lane 1, which the run has not"),
    ],
)
def test_what_contradicts_the_run_is_told_and_left_out(letter: protocol.Report, told: str) -> None:
    lab, backend = training()
    hear(lab, run_of(backend), sampled(step=5))
    before = lab.run
    hear(lab, run_of(backend), letter)
    assert lab.notice == f"The backend sent {told}, which was left out."
    assert lab.run == before and len(lab.run.history.loss) == 1 and lab.phase is Phase.RUNNING
    hear(lab, run_of(backend), sampled(step=10))
    assert lab.run.step == 10


@pytest.mark.parametrize(
    "letter, told",
    [
        (sampled(), "a frame of a run that it has not started"),
        (started(layers=("out",), predicted=()), "a start of a network without layers"),
        (started(predicted=((1.0, 2.0, None),)), "theory for another number of layers than it started"),
        (started(time_steps=3, predicted_over_time=((1.0, 1.0),)), "theory for another number of time steps than it started"),
    ],
)
def test_a_start_that_contradicts_itself_is_told_and_left_out(letter: protocol.Report, told: str) -> None:
    lab, backend = session()
    lab.toggle()
    hear(lab, run_of(backend), letter)
    assert lab.notice == f"The backend sent {told}, which was left out." and lab.run.started is None
    hear(lab, run_of(backend), started())
    assert lab.phase is Phase.RUNNING


def test_a_line_that_is_no_report_is_told_until_the_next_start() -> None:
    lab, _ = training()
    lab.receive(Nonsense("a line of 3 bytes that is no message, which was left out"))
    assert lab.notice == "The backend sent a line of 3 bytes that is no message, which was left out." and lab.phase is Phase.RUNNING
    lab.rewind()
    assert lab.notice == ""


@given(st.lists(st.one_of(*REPORTS.values()), max_size=8), st.booleans())
def test_whatever_a_backend_says_what_is_kept_fits_together(letters: list[protocol.Report], is_started: bool) -> None:
    lab, backend = training() if is_started else session()
    if not is_started:
        lab.toggle()
    for letter in letters:
        lab.receive(letter.model_copy(update={"run": run_of(backend)}) if hasattr(letter, "run") else letter)
        run = lab.run
        assert np.all(np.diff(run.history.loss.steps) > 0)
        assert {series.last.shape[1] for series in run.history.layers.values()} <= {len(run.layers)}
        assert len(run.predicted) == len(run.layers) != 1
        assert len(run.history.loss) == 0 or run.started is not None
