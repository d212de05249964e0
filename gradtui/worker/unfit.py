"""What a backend reports of a run is compared with what it said before: what does not fit is told and left out."""

from __future__ import annotations

from gradtui.core.measured.frame import Frame
from gradtui.core.measured.protocol import Diagnosed, Report, Sampled, Started
from gradtui.core.measured.run import Run
from gradtui.core.theory.over_time import shown_steps


def unfit(report: Report, run: Run) -> str:
    """What a report of a run is that cannot be, as follows "The backend sent"; empty where nothing speaks against it."""
    match report:
        case Started():
            return _unfit_start(report, run)
        case Sampled(frame=frame):
            return _unfit_frame(frame, run, run.started) if run.started else "a frame of a run that it has not started"
        case Diagnosed(lane=lane) if lane != run.lane:
            return f"findings of lane {lane}, which the run has not"
    return ""


def _unfit_start(started: Started, run: Run) -> str:
    if run.started is not None:
        return "a second start of the run"
    if len(started.layers) < 2:
        return "a start of a network without layers"
    if any(len(row) != len(started.layers) for row in started.predicted):
        return "theory for another number of layers than it started"
    if any(len(row) != len(shown_steps(started.time_steps)) for row in started.predicted_over_time):
        return "theory for another number of time steps than it started"
    return ""


def _unfit_frame(frame: Frame, run: Run, started: Started) -> str:
    known = run.history.loss.steps
    if frame.lane != run.lane:
        return f"a frame of lane {frame.lane}, which the run has not"
    if len(known) and frame.step <= known[-1]:
        return f"step {frame.step} after step {known[-1]}"
    if any(len(row) != len(started.layers) for row in frame.layers.values()):
        return "a frame of another number of layers than it started"
    if len(frame.gradient_over_time) != len(shown_steps(started.time_steps)):
        return "a frame of another number of time steps than it started"
    return ""
