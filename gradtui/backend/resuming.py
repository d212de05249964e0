"""Recorded runs that go on: from the last checkpoint that can be read, over the steps that the log knows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from gradtui.backend.recording import Recorded
from gradtui.core.experiments.experiment import Experiment, experiment
from gradtui.core.measured.protocol import Changed, Continued, Diagnosed, Ended, Paused, Report, Resumed, Sampled
from gradtui.core.measured.run import Run
from gradtui.diagnosis.examiner import Examiner
from gradtui.engine.training import lanes
from gradtui.engine.training.checkpoint import State, Unfit, restore
from gradtui.engine.training.environment import data_hash, environment
from gradtui.engine.training.retrace import Retrace
from gradtui.engine.training.trainer import Training, prepare
from gradtui.runs import checkpoints, folder
from gradtui.runs.checkpoints import Checkpoint
from gradtui.runs.folder import Found

Promise = Literal["exact", "close", "weights only"]


@dataclass(frozen=True)
class Going:
    """A run that goes on, and what is promised of it: `exact`, `close` or `weights only`, with the reason in `why`."""

    title: str
    experiment: Experiment
    training: Training
    examiner: Examiner
    recorded: Recorded
    controls: Retrace
    promise: Promise
    why: str

    @property
    def words(self) -> str:
        """The promise, in words."""
        return f"{self.promise} ({self.why})" if self.why else self.promise


def resume(path: Path, then: Mapping[str, Any], controls: Retrace, tell: Callable[[str], None]) -> Going:
    """Take up a run, with these live parameters changed from where it was left on, to be led by `controls`. `tell` hears why
    nothing is saved.

    Raises Unreadable or Unwritable, InvalidExperiment, and Refused.
    """
    opened = folder.reopen(path)
    try:
        found = folder.read(path)
        begun = experiment(found.about.experiment)
        training, checkpoint, failure = _taken_up(begun, found, path)
        differs = _differs(found, training)
        promise: Promise = "weights only" if failure else "close" if differs else "exact"
        later = [(place, report) for place, report in found.reports if place >= checkpoint.records]
        if failure:
            later = [(place, report) for place, report in later if not isinstance(report, Sampled | Diagnosed | Changed)]
        _lead(controls, later, then, training.made)
        for key, value in then.items():
            lanes.changed([training.experiment(0)], key, value)
        kinds = Sampled | Diagnosed if promise == "exact" else Sampled
        known = [report for _, report in later if isinstance(report, kinds)]
        why = failure or differs
        recorded = Recorded(opened, training, found.records, tell, known, promise == "exact")
        recorded.go_on(Continued(run=0, step=controls.last, promise=promise, why=why))
        examiner = _examiner(begun, training, found, checkpoint)
    except BaseException:
        opened.close()
        raise
    return Going(found.about.title, begun, training, examiner, recorded, controls, promise, why)


def _taken_up(begun: Experiment, found: Found, path: Path) -> tuple[Training, Checkpoint, str]:
    """The run at its newest state; why of that only the weights fit, empty where all of it does."""
    failure = ""
    usable = [kept for kept in checkpoints.known(path) if kept.records <= found.records]
    for weights_only in (False, True):
        for kept in usable:
            training = prepare([experiment(kept.values.get("experiment", found.about.experiment))])
            try:
                restore(training, State(kept.tensors, kept.values), weights_only)
            except Unfit as error:
                failure = str(error)
            else:
                return training, kept, failure if weights_only else ""
    return prepare([begun]), Checkpoint(0, 0, {}, {}), ""


def _differs(found: Found, training: Training) -> str:
    """What the numbers depend on that is not as it was; empty where all is."""
    here = {**environment(training), "data": data_hash(training)}
    before = {**found.about.environment, "data": found.about.data}
    return ", ".join(
        f"{name} was {before.get(name, 'unknown')} and is {value}" for name, value in here.items() if before.get(name) != value
    )


def _lead(controls: Retrace, later: list[tuple[int, Report]], then: Mapping[str, Any], made: int) -> None:
    changes: dict[int, list[Changed]] = defaultdict(list)
    last = made
    for _, report in later:
        match report:
            case Changed(step=step):
                changes[step].append(report)
                last = max(last, step)
            case Sampled(frame=frame):
                last = max(last, frame.step)
            case Paused(step=step) | Resumed(step=step) | Ended(step=step):
                last = max(last, step)
    sampled = frozenset(report.frame.step for _, report in later if isinstance(report, Sampled))
    controls.lead(changes, sampled, last, then)


def _examiner(begun: Experiment, training: Training, found: Found, checkpoint: Checkpoint) -> Examiner:
    """The diagnosis as it was, by looking again at every frame before the checkpoint."""
    examiner = Examiner(Run(begun, training.started()))
    now = begun
    for place, report in found.reports:
        if place >= checkpoint.records:
            break
        if isinstance(report, Changed):
            now = now.changed({report.key: report.value})
        elif isinstance(report, Sampled):
            examiner.observe(report.frame, now)
    return examiner
