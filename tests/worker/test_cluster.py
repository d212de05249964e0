"""A real scheduler and two real workers on loopback: what they train, what a killed one costs, and what is told where none are."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gradtui.backend import clustered
from gradtui.core.measured.result import Result
from gradtui.study.inquiry import race
from gradtui.worker.cluster import Cluster, NoCluster
from gradtui.worker.pool import Pool
from gradtui.worker.studying import Studying
from tests.worker.studies import DEADLINE, begin, drive, raced, small

pytest.importorskip("distributed")


@dataclass
class Machines:
    """The processes of a cluster."""

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]]

    def connected(self) -> Cluster:
        end = time.monotonic() + DEADLINE
        while True:
            try:
                cluster = Cluster(self.address, clustered.job, clustered.about)
            except NoCluster:
                assert time.monotonic() < end
                continue
            if cluster.processes == len(self.workers):
                return cluster
            cluster.close()
            assert time.monotonic() < end


def _started(folder: Path, workers: int) -> Machines:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(Path(__file__).parents[2])}

    def run(*words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "distributed.cli." + words[0], *words[1:], "--no-dashboard"]
        return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    scheduler = run("dask_scheduler", "--host", "127.0.0.1", "--port", str(port))
    flags = "--nthreads", "1", "--no-nanny", "--host", "127.0.0.1"
    made = [run("dask_worker", address, *flags, "--local-directory", str(folder / str(at))) for at in range(workers)]
    return Machines(address, scheduler, made)


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Machines]:
    made = _started(tmp_path, 2)
    yield made
    for process in (*made.workers, made.scheduler):
        process.kill()
        process.wait()


def test_a_killed_worker_loses_nothing_and_what_was_done_is_not_done_again(machines: Machines) -> None:
    kept: list[Result] = []
    made = small(seeds=8)
    long = type(made)(made.experiment.changed({"run.steps": 4000}), made.varied, made.mode, made.seeds)
    cluster = machines.connected()
    studying = Studying(race(long), cluster, 1 << 30, keep=kept.append)
    try:
        begin(studying)
        machines.workers[0].send_signal(signal.SIGKILL)
        drive(studying)
    finally:
        cluster.close()
    assert {result.status for result in studying.results.values()} == {"done"}
    assert len(kept) == len({result.cell for result in kept}) == 16


def test_its_numbers_are_those_of_this_machine(machines: Machines) -> None:
    made = small()
    here = raced(Pool(1), made).results
    there = raced(machines.connected(), made).results
    assert {cell: result.validation_loss for cell, result in here.items()} == {
        cell: result.validation_loss for cell, result in there.items()
    }


def test_where_there_is_no_scheduler_the_sentence_says_how_to_start_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradtui.worker.cluster._TIMEOUT", 1)
    with pytest.raises(NoCluster, match=r"no dask scheduler at tcp://127\.0\.0\.1:9.*dask scheduler"):
        Cluster("tcp://127.0.0.1:9", clustered.job, clustered.about)
    with pytest.raises(NoCluster, match="name it as tcp"):
        Cluster("nonsense://x", clustered.job, clustered.about)


def test_a_scheduler_without_workers_and_workers_with_other_versions_are_refused(tmp_path: Path) -> None:
    machines = _started(tmp_path, 1)
    try:
        cluster = machines.connected()
        cluster.close()
        with pytest.raises(NoCluster, match=r"has gradtui .* and this side has gradtui 0\.0 and PyTorch 1\.0"):
            Cluster(machines.address, clustered.job, _Old())
        machines.workers[0].kill()
        machines.workers[0].wait()
        end = time.monotonic() + DEADLINE
        while True:
            try:
                Cluster(machines.address, clustered.job, clustered.about).close()
            except NoCluster as error:
                if "has no workers" in str(error):
                    break
            assert time.monotonic() < end
    finally:
        for process in (*machines.workers, machines.scheduler):
            process.kill()
            process.wait()


class _Old:
    """Tells other versions on this side than on a worker."""

    def __call__(self) -> tuple[str, str]:
        return "0.0", "1.0"

    def __reduce__(self) -> tuple[object, tuple[()]]:
        return _current, ()


def _current() -> object:
    return clustered.about
