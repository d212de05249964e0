"""The pool: real backends train the cells of real studies; one that is killed loses its own job only, and once."""

from __future__ import annotations

import math
import os
import signal
import time
from pathlib import Path

from gradtui.core.measured.protocol import Command
from gradtui.core.measured.result import Result
from gradtui.core.measured.work import Finished, Work, Worked, Working
from gradtui.study.inquiry import race
from gradtui.worker.line import Backend
from gradtui.worker.mailbox import BackendLost
from gradtui.worker.pool import Pool
from gradtui.worker.studying import Studying
from gradtui.worker.worker import Inbox
from tests.worker.studies import DEADLINE, begin, drive, finish, raced, small


def done(cell: str) -> Result:
    return Result(cell=cell, status="done", validation_loss=1.0)


class Scripted:
    """A backend that dies on its first jobs, and answers the others."""

    def __init__(self, inbox: Inbox, deaths: list[int]) -> None:
        self._inbox, self._deaths = inbox, deaths

    def send(self, command: Command) -> None:
        if not isinstance(command, Work):
            return
        if self._deaths and self._deaths.pop():
            self._inbox.put(Finished(job=command.job, result=done(command.cells[0].cell)))
            self._inbox.put(BackendLost(-9, ("killed",)))
            return
        for cell in command.cells:
            self._inbox.put(Finished(job=command.job, result=done(cell.cell)))
        self._inbox.put(Worked(job=command.job))

    def close(self) -> None:
        pass


def scripted(processes: int, deaths: list[int]) -> Pool:
    def connect(inbox: Inbox) -> Backend:
        return Scripted(inbox, deaths)

    return Pool(processes, connect)


def test_a_dead_backend_is_replaced_and_its_job_done_without_what_it_had_finished() -> None:
    kept: list[Result] = []
    studying = raced(scripted(1, [1]), keep=kept.append)
    assert {result.status for result in studying.results.values()} == {"done"}
    assert len(kept) == len({result.cell for result in kept}) == 4


def test_a_job_that_kills_twice_is_told_and_the_others_are_done() -> None:
    made = small("optimizer.name=sgd,adam", seeds=8)
    studying = raced(scripted(2, [1, 1, 1]), made)
    statuses = [result.status for result in studying.results.values()]
    assert "done" in statuses and "failed" in statuses
    assert any("ended 2 times (signal 9)" in result.problem for result in studying.results.values())


def test_a_real_study_trains_every_cell_and_says_what_the_engine_says() -> None:
    studying = raced(Pool(1))
    assert not studying.problem
    assert len(studying.results) == 4
    for result in studying.results.values():
        assert result.status == "done" and result.step == 40
        assert result.validation_loss is not None and math.isfinite(result.validation_loss)
        assert result.curve and result.curve[-1][0] == 40


def test_two_processes_give_the_numbers_of_one() -> None:
    made = small(seeds=8)
    one, two = (raced(Pool(processes), made).results for processes in (1, 2))
    assert one.keys() == two.keys()
    for cell, result in one.items():
        assert (result.validation_loss, result.loss, result.curve) == (two[cell].validation_loss, two[cell].loss, two[cell].curve)


def test_a_backend_killed_while_it_trains_costs_nothing_but_time() -> None:
    made = small(seeds=8)
    long = made.experiment.changed({"run.steps": 6_000})
    pool = Pool(2)
    studying = Studying(race(type(made)(long, made.varied, made.mode, made.seeds)), pool, 1 << 30)
    try:
        begin(studying)
        victim = min(_backends())
        os.kill(victim, signal.SIGKILL)
        drive(studying)
    finally:
        pool.close()
    assert {result.status for result in studying.results.values()} == {"done"}
    assert len(studying.results) == 16
    assert victim not in _backends()


def _backends() -> list[int]:
    """The children of this process that are backends."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
            parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except (OSError, ValueError, IndexError):
            continue
        if parent == os.getpid() and b"gradtui.backend" in words:
            found.append(int(entry.name))
    return found


def test_what_is_cancelled_has_no_results_and_the_pool_goes_on() -> None:
    made = small(seeds=2)
    long = type(made)(made.experiment.changed({"run.steps": 1_000_000}), made.varied, made.mode, made.seeds)
    pool = Pool(1)
    studying = Studying(race(long), pool, 1 << 30)
    try:
        begin(studying)
        studying.end()
        assert finish(Studying(race(made), pool, 1 << 30)).results
    finally:
        pool.close()
    assert not studying.results


def test_how_far_it_is_comes_while_it_trains() -> None:
    made = small(seeds=2)
    long = type(made)(made.experiment.changed({"run.steps": 1_000_000}), made.varied, made.mode, made.seeds)
    pool = Pool(1)
    try:
        Studying(race(long), pool, 1 << 30).start()
        end, seen = time.monotonic() + DEADLINE, list[Working]()
        while len(seen) < 3:
            assert time.monotonic() < end
            seen += [told for told in pool.take(1.0) if isinstance(told, Working)]
        assert [told.step for told in seen] == sorted(told.step for told in seen)
        assert all(len(told.cells) == 4 for told in seen)
    finally:
        pool.close()
