"""A study under way: every cell once, failures told and tried again when it is resumed, nothing that was done done twice."""

from __future__ import annotations

from gradtui.core.experiments.experiment import experiment
from gradtui.core.measured.result import Result
from gradtui.core.measured.work import Finished, Worked, Working
from gradtui.study.inquiry import race
from gradtui.study.study import study
from gradtui.worker.studying import Studying
from tests.worker.studies import Answering, raced, small


def done(cell: str) -> Result:
    return Result(cell=cell, status="done", step=40, validation_loss=0.5)


def test_every_cell_is_trained_once_and_kept_once() -> None:
    kept: list[Result] = []
    scheduler = Answering(done)
    studying = raced(scheduler, keep=kept.append)
    trained = [cell.cell for job in scheduler.jobs for cell in job.cells]
    assert len(trained) == len(set(trained)) == 4
    assert sorted(result.cell for result in kept) == sorted(trained) == sorted(studying.results)


def test_a_tuned_study_goes_through_its_stages_by_itself() -> None:
    scheduler = Answering(done)
    studying = raced(scheduler, study(experiment()))
    assert not studying.problem
    assert len(studying.results) == 4 * (15 * 2 + 8)
    assert studying.share == 1.0


def test_what_a_job_does_not_answer_failed_and_is_not_kept() -> None:
    kept: list[Result] = []
    studying = raced(Answering(lambda cell: None), keep=kept.append)
    assert {result.status for result in studying.results.values()} == {"failed"}
    assert {result.problem for result in studying.results.values()} == {"it broke"}
    assert not kept


def test_what_is_known_is_not_trained_again() -> None:
    first = raced(Answering(done))
    half = dict(list(first.results.items())[:2])
    scheduler = Answering(done)
    raced(scheduler, results=half)
    assert {cell.cell for job in scheduler.jobs for cell in job.cells} == first.results.keys() - half.keys()


def test_what_nobody_asked_for_changes_nothing() -> None:
    studying = Studying(race(small()), Answering(done), 1 << 30)
    studying.start()
    before = studying.training.keys()
    stranger = "f" * 16
    studying.scheduler.take(0)
    studying.scheduler._told = [  # type: ignore[attr-defined]
        Working(job="7", step=3, cells=((stranger, 1.0, None),)),
        Working(job="1", step=3, cells=((stranger, 1.0, None),)),
        Finished(job="1", result=done(stranger)),
        Worked(job="9"),
    ]
    studying.advance()
    assert studying.training.keys() == before
    assert not studying.results


def test_a_refused_job_ends_the_study_with_its_reason() -> None:
    scheduler = Answering(done)
    studying = Studying(race(small()), scheduler, 1 << 30)
    studying.start()
    scheduler._told = [Worked(job="1", problem="One fold cannot be.", refused=True)]
    studying.advance()
    assert studying.problem == "One fold cannot be."
