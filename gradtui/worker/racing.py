"""A race on this machine: its study, who trains it, and how to leave it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gradtui.core.measured.result import Result
from gradtui.core.memory import available_memory
from gradtui.study import inquiry
from gradtui.study.finder import Finder
from gradtui.study.question import Question
from gradtui.study.study import Study
from gradtui.worker.pool import Pool, cores
from gradtui.worker.studying import Studying


@dataclass(frozen=True)
class Racing:
    """A study that a screen shows; `title` says of what."""

    title: str
    study: Study
    studying: Studying


@dataclass(frozen=True)
class Finding:
    """A search for a learning rate that a screen shows."""

    title: str
    finder: Finder
    studying: Studying


@dataclass(frozen=True)
class Asking:
    """A search for what keeps a run from learning, that a screen shows."""

    title: str
    question: Question
    studying: Studying


def race(title: str, study: Study, processes: int, results: Mapping[str, Result], keep: Callable[[Result], None]) -> Racing:
    """Start a race, or go on with one of which something is known. Raises InvalidStudy where it cannot be."""
    return Racing(title, study, _started(Studying(inquiry.race(study), Pool(processes), available_memory(), results, keep)))


def find(title: str, finder: Finder) -> Finding:
    """Start a search for a rate. Raises InvalidStudy where it cannot be."""
    return Finding(title, finder, _started(Studying(inquiry.rate(finder), Pool(cores()), available_memory())))


def ask(title: str, question: Question) -> Asking:
    """Start to look for the cause. Raises InvalidStudy where that cannot be."""
    return Asking(title, question, _started(Studying(inquiry.cause(question), Pool(cores()), available_memory())))


def _started(studying: Studying) -> Studying:
    studying.start()
    return studying
