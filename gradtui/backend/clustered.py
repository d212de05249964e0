"""A job of a study on a worker of a cluster: what dask.distributed runs there."""

from __future__ import annotations

import importlib
import threading
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from gradtui import __version__
from gradtui.backend.working import work
from gradtui.core.measured.protocol import Report, Stop
from gradtui.core.measured.wire import command
from gradtui.core.measured.work import Dropped, Work
from gradtui.engine.training.controls import Controls

_LOOKED = 0.5
"""Seconds from one look at what the other side wants to the next."""


def about() -> tuple[str, str]:
    """The versions of gradtui and PyTorch on a worker; the latter empty where there is none."""
    try:
        return __version__, version("torch")
    except PackageNotFoundError:
        return __version__, ""


def job(line: bytes, topic: str, wanted: str) -> list[bytes]:
    """Train the cells of a job; the reports of cells that are over, as lines. How far it is goes to the topic; the variable called
    `wanted` says which cells are dropped, and whether everything is to stop.
    """
    import torch

    distributed: Any = importlib.import_module("distributed")
    torch.set_num_threads(1)
    order = command(line)
    assert isinstance(order, Work)
    worker, told, over = distributed.get_worker(), list[bytes](), threading.Event()
    controls = Controls()

    def tell(report: Report) -> None:
        if report.type == "working":
            worker.log_event(topic, report.line().decode())
        else:
            told.append(report.line())

    watcher = threading.Thread(target=_watch, args=(distributed.Variable(wanted), controls, over), daemon=True)
    watcher.start()
    try:
        work(order, controls, tell)
    finally:
        over.set()
    return told


def _watch(variable: Any, controls: Controls, over: threading.Event) -> None:
    """Look at what the other side wants, until the job is over."""
    known: set[str] = set()
    while not over.wait(_LOOKED):
        try:
            stop, dropped = variable.get(timeout=_LOOKED)
        except Exception:  # nothing is wanted, or the scheduler is gone, and then so is this worker
            continue
        if fresh := set(dropped) - known:
            known |= fresh
            controls.send(Dropped(cells=tuple(fresh)))
        if stop:
            controls.send(Stop())
            return
