"""A learning rate found by experiment, without a screen."""

from __future__ import annotations

from dataclasses import dataclass

from gradtui.core.experiments.experiment import Experiment
from gradtui.core.experiments.refusal import Refused
from gradtui.core.memory import available_memory
from gradtui.headless.racing import drive
from gradtui.study import inquiry
from gradtui.study.finder import Finder, Found, finder, found
from gradtui.study.study import InvalidStudy
from gradtui.worker.pool import Pool, cores
from gradtui.worker.studying import Studying


@dataclass(frozen=True)
class Searched:
    """What was found, None where a signal stopped the search, and its number, or 0."""

    found: Found | None
    signal: int


def search(asked: Finder) -> Searched:
    """Search for a rate. Raises Refused where the cells cannot be trained."""
    pool = Pool(cores())
    studying = Studying(inquiry.rate(asked), pool, available_memory())
    try:
        signal = drive(studying)
    except InvalidStudy as error:
        raise Refused(str(error)) from None
    finally:
        pool.close()
    if studying.problem:
        raise Refused(studying.problem)
    return Searched(None if signal else found(asked, studying.results, studying.seconds), signal)


def suggested(experiment: Experiment) -> float | None:
    """The rate that is suggested for an experiment; None where there is none."""
    answer = search(finder(experiment))
    return answer.found.suggested if answer.found else None
