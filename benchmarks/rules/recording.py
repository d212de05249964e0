"""Runs everything that a verdict needs, several runs at a time, once: `outcome` then reads it from the cache."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from benchmarks.rules.outcome import outcome
from benchmarks.rules.variants import higher, known, lower, settling
from gradtui.core.experiments.experiment import Experiment, Tables, experiment


def compared(chosen: Experiment) -> list[Experiment]:
    """A run and all that it is compared with."""
    return [chosen, *lower(chosen), *higher(chosen), settling(chosen), *known(chosen)]


def record(experiments: Iterable[Experiment], cache: Path, processes: int) -> None:
    """Run what is not in the cache yet; progress goes to standard error."""
    wanted = list({one.model_dump_json(): one.tables() for one in experiments}.values())
    cache.mkdir(parents=True, exist_ok=True)
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        for count, _ in enumerate(pool.imap_unordered(partial(_record, cache=cache), wanted, chunksize=4), start=1):
            print(f"\r{count} of {len(wanted)} runs", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


def _record(tables: Tables, cache: Path) -> None:
    outcome(experiment(tables), cache)
